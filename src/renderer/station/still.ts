/** Copies what a video shows, so that it stays when the video has nothing more to show. */
export function keepStill(video: HTMLVideoElement, still: HTMLCanvasElement): void {
  still.width = video.videoWidth;
  still.height = video.videoHeight;
  still.getContext('2d')?.drawImage(video, 0, 0);
}

/** Uncovers the video, and frees the memory of the copy. */
export function clearStill(still: HTMLCanvasElement): void {
  still.width = 0;
  still.height = 0;
}
