import { asFault, printable } from './ffmpeg/source-error.ts';
import { startProgram } from './program-child.ts';
import type { ProgramChild } from './program-child.ts';
import { maxLineBytes, parseHeader, parsePicture, ProtocolError, toRawPicture } from './program-protocol.ts';
import type { PictureHeader, ProgramHeader } from './program-protocol.ts';
import { readRecords } from './program-records.ts';
import type { Reader, ReaderNotices } from './reader.ts';

/** How much of a bad line is quoted. */
const maxQuoteLength = 120;

/**
 * Starts a detector program and reads its pictures from its standard output, as docs/detectors.md describes. A program
 * that sends nothing is only silent: whether it is too slow is the station's to judge.
 */
export function openProgram(command: readonly string[], notices: ReaderNotices): Reader {
  let child: ProgramChild | undefined;
  let isOver = false;

  function end(reason: 'bad_output' | 'ended', detail: string): void {
    if (isOver) return;
    isOver = true;
    notices.ended({ reason, detail });
  }

  function start(): void {
    if (isOver) return;
    try {
      child = startProgram(command);
    } catch (error) {
      isOver = true;
      notices.ended(asFault(error));
      return;
    }
    const running = child;
    const isWanted = () => !isOver;
    readPictures(running, notices, isWanted, (line, what) => {
      end('bad_output', `The program's first bad line is “${printable(line, maxQuoteLength)}”: ${what}.`);
      void running.close();
    });
    void running.ended.then(({ how, lastWords }) => {
      end('ended', `The program ended (${how})${lastWords === '' ? ' without a word' : `: ${lastWords}`}.`);
    });
  }

  // Later, so that the caller has its Reader before it hears of anything.
  queueMicrotask(start);
  return {
    async close() {
      isOver = true;
      await child?.close();
    },
  };
}

function readPictures(
  child: ProgramChild,
  notices: ReaderNotices,
  isWanted: () => boolean,
  badLine: (line: string, what: string) => void,
): void {
  let header: ProgramHeader | undefined;
  let picture: PictureHeader | undefined;
  let lastFrame = -1;

  function takeLine(line: string): number | undefined {
    if (!isWanted()) return undefined;
    if (!header) {
      header = parseHeader(line);
      const { pixelSizeUm } = header;
      notices.opened(pixelSizeUm === undefined ? {} : { pixelSizeUm });
      return 0;
    }
    picture = parsePicture(line, header, lastFrame, Date.now());
    lastFrame = picture.frame;
    return picture.bytes;
  }

  readRecords(child.stdout, maxLineBytes, {
    line(line) {
      try {
        return takeLine(line);
      } catch (error) {
        if (!(error instanceof ProtocolError)) throw error;
        badLine(line, error.message);
        return undefined;
      }
    },
    bytes(data) {
      if (header && picture && isWanted()) notices.picture(toRawPicture(header, picture, data, Date.now()));
    },
    tooLong(start) {
      badLine(start, `it is longer than ${maxLineBytes} bytes`);
    },
  });
}
