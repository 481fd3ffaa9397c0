import { once, EventEmitter } from 'node:events';
import type { RawPicture } from '../../src/main/capture/worker/picture.ts';
import type { Reader, ReaderNotices, SourceInfo } from '../../src/main/capture/worker/reader.ts';
import type { SourceFault } from '../../src/shared/state.ts';

/** A picture with a copy of its memory, which was only lent. */
export type SeenPicture = RawPicture & { readonly mean: number };

/** Everything that a Reader has told. */
export interface WatchedReader {
  readonly opened: readonly SourceInfo[];
  readonly pictures: readonly SeenPicture[];
  readonly faults: readonly SourceFault[];
  /** Resolves when so many pictures have come; rejects when the Reader ends before. */
  take(count: number): Promise<readonly SeenPicture[]>;
  /** Resolves with the cause of the end. */
  fault(): Promise<SourceFault>;
  close(): Promise<void>;
}

/** Opens a Reader and remembers what it tells. @param onPicture Called while the picture's memory is still lent. */
export function watchReader(
  open: (notices: ReaderNotices) => Reader,
  onPicture: (picture: RawPicture) => void = () => undefined,
): WatchedReader {
  const opened: SourceInfo[] = [];
  const pictures: SeenPicture[] = [];
  const faults: SourceFault[] = [];
  const news = new EventEmitter();
  const reader = open({
    opened: (info) => opened.push(info),
    picture(picture) {
      onPicture(picture);
      pictures.push(copyPicture(picture));
      news.emit('news');
    },
    ended(fault) {
      faults.push(fault);
      news.emit('news');
    },
  });
  return {
    opened,
    pictures,
    faults,
    async take(count) {
      while (pictures.length < count) {
        if (faults[0]) throw new Error(`The reader ended: ${faults[0].reason}: ${faults[0].detail}`);
        await once(news, 'news');
      }
      return pictures.slice(0, count);
    },
    async fault() {
      while (!faults[0]) await once(news, 'news');
      return faults[0];
    },
    close: () => reader.close(),
  };
}

function copyPicture(picture: RawPicture): SeenPicture {
  const planes = picture.planes.map(({ data, strideBytes }) => ({ data: new Uint8Array(data), strideBytes }));
  return { ...picture, planes, mean: meanOf(picture) };
}

/** The mean of the first plane's samples. */
function meanOf({ widthPx, heightPx, pixelType, planes }: RawPicture): number {
  const { data, strideBytes } = planes[0]!;
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  const samplesPerRow = widthPx * (pixelType === 'rgb24' ? 3 : 1);
  let sum = 0;
  for (let row = 0; row < heightPx; row++) {
    for (let i = 0; i < samplesPerRow; i++) {
      sum += pixelType === 'uint16le' ? view.getUint16(row * strideBytes + 2 * i, true) : data[row * strideBytes + i]!;
    }
  }
  return sum / (samplesPerRow * heightPx);
}
