import type { PictureHeader } from '../../shared/commands.ts';
import type { JpegFrame } from '../station/frame.ts';

/** Part of a picture, or the whole of one that fits into a message. */
export interface PicturePart {
  readonly header: PictureHeader;
  readonly bytes: Uint8Array;
}

/** A picture has fewer parts. */
const manyParts = 99_999;

/** Splits a picture so that each of its messages has at most so many bytes in all. Nothing is copied. */
export function pictureParts(frame: JpegFrame, maxMessageBytes: number): PicturePart[] {
  const { number, captureTimeMs, widthPx, heightPx, data } = frame;
  const header: PictureHeader = { frame: number, captureTimeMs, widthPx, heightPx, format: 'jpeg' };
  if (headLine(header).length + data.length <= maxMessageBytes) return [{ header, bytes: data }];
  const room = maxMessageBytes - headLine({ ...header, part: manyParts, parts: manyParts }).length;
  const parts = Math.ceil(data.length / room);
  return Array.from({ length: parts }, (_, part) => {
    return { header: { ...header, part, parts }, bytes: data.subarray(part * room, (part + 1) * room) };
  });
}

/** A message on the channel `video`: one line of JSON, then the bytes. */
export function pictureMessage({ header, bytes }: PicturePart): Buffer {
  return Buffer.concat([Buffer.from(headLine(header)), bytes]);
}

function headLine(header: PictureHeader): string {
  return `${JSON.stringify(header)}\n`;
}
