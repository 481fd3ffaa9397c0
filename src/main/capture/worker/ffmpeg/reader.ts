import type { SourceFaultReason } from '../../../../shared/state.ts';
import type { DecodedSource } from '../engine.ts';
import { startProgram } from '../program-child.ts';
import type { ProgramChild, ProgramEnd } from '../program-child.ts';
import { readRecords } from '../program-records.ts';
import { guessIsBt601 } from '../picture.ts';
import type { Reader, ReaderNotices } from '../reader.ts';
import type { FfmpegProgram } from './find-program.ts';
import { describeInput } from './input.ts';
import type { FfmpegInput } from './input.ts';
import { asFault, printable, SourceError } from './source-error.ts';
import type { Y4mHeader } from './y4m.ts';
import { parseY4mHeader, splitPlanes } from './y4m.ts';

/** A camera needs less for its first picture than this, keyframe distance included. */
const openTimeoutMs = 15_000;

/** No YUV4MPEG2 line of FFmpeg's is longer than a fraction of this. */
const maxLineBytes = 1_024;

/** Gray pictures keep their depth; of the rest ffmpeg makes 4:2:0 with 8 bits. */
const pixelFormats = 'yuv420p|yuvj420p|gray|gray9le|gray10le|gray12le|gray16le';

/** Reads a camera, an address or a recording by way of an ffmpeg program, which sends raw pictures as YUV4MPEG2. */
export function openFfmpegReader(program: FfmpegProgram, source: DecodedSource, notices: ReaderNotices): Reader {
  const stop = new AbortController();
  const reading = read(program, source, notices, stop.signal).catch((error: unknown) => {
    if (!stop.signal.aborted) notices.ended(asFault(error));
  });
  return {
    async close() {
      stop.abort();
      await reading;
    },
  };
}

async function read(
  program: FfmpegProgram,
  source: DecodedSource,
  notices: ReaderNotices,
  signal: AbortSignal,
): Promise<void> {
  const input = await describeInput(source);
  signal.throwIfAborted();
  const child = startProgram(readerCommand(program, input));
  const close = () => void child.close();
  signal.addEventListener('abort', close);
  const impatience = setTimeout(close, openTimeoutMs);
  let hasOpened = false;
  const problem = readPictures(child, input, signal, {
    ...notices,
    opened(info) {
      hasOpened = true;
      clearTimeout(impatience);
      notices.opened(info);
    },
  });
  try {
    const end = await Promise.race([child.ended, problem]);
    if (!hasOpened && end.how.startsWith('signal')) {
      throw new SourceError('unreachable', `${input.label} does not answer.`);
    }
    throw endOf(input, end, hasOpened);
  } finally {
    clearTimeout(impatience);
    await child.close();
  }
}

/** The arguments for one Source; everything in them that comes from outside is the value of an option. */
export function readerCommand({ path, passthrough, unknownOptions }: FfmpegProgram, input: FfmpegInput): string[] {
  const pace = input.isLive ? ['-flags', 'low_delay'] : ['-re', '-stream_loop', '-1'];
  const format = input.format === undefined ? [] : ['-f', input.format];
  const options = Object.entries({ ...input.options, analyzeduration: '500000', fpsprobesize: '0' }).filter(
    ([name]) => !unknownOptions.includes(name),
  );
  return [
    ...[path, '-hide_banner', '-loglevel', 'error', '-nostdin'],
    ...[...pace, ...format, ...options.flatMap(([name, value]) => [`-${name}`, value]), '-i', input.address],
    ...['-map', '0:v:0', '-vf', `format=pix_fmts=${pixelFormats}`, ...passthrough],
    ...['-flush_packets', '1', '-strict', '-1', '-f', 'yuv4mpegpipe', 'pipe:1'],
  ];
}

/** Reads until the program ends. @returns A promise that rejects where its output makes no sense, and never resolves. */
function readPictures(
  child: ProgramChild,
  input: FfmpegInput,
  signal: AbortSignal,
  notices: ReaderNotices,
): Promise<never> {
  return new Promise((_resolve, reject) => {
    let header: Y4mHeader | null = null;
    let number = 0;
    const fail = () => {
      reject(new SourceError('bad_output', `ffmpeg sends something else than pictures for ${input.label}.`));
    };

    function takeLine(line: string): number | undefined {
      if (signal.aborted) return undefined;
      if (header) return line.startsWith('FRAME') ? header.pictureBytes : undefined;
      header = parseY4mHeader(line);
      if (!header) return undefined;
      // MJPEG over HTTP says no rate; ffmpeg puts one there of its own.
      const nominalFps = input.format === 'mpjpeg' ? undefined : header.fps;
      notices.opened(nominalFps === undefined ? {} : { nominalFps });
      return 0;
    }

    readRecords(child.stdout, maxLineBytes, {
      line(line) {
        const bytes = takeLine(line);
        if (bytes === undefined) fail();
        return bytes;
      },
      bytes(bytes) {
        if (!header || signal.aborted) return;
        number += 1;
        const { widthPx, heightPx, pixelType, significantBits, isFullRange } = header;
        notices.picture({
          ...{ number, captureTimeMs: Date.now(), widthPx, heightPx, pixelType, significantBits },
          planes: splitPlanes(header, bytes),
          ...(pixelType === 'i420' && { isFullRange, isBt601: guessIsBt601(heightPx, isFullRange) }),
        });
      },
      tooLong: fail,
    });
  });
}

/** What ffmpeg says on its last line is all that tells why it ended. */
function endOf(input: FfmpegInput, { how, lastWords }: ProgramEnd, hasOpened: boolean): SourceError {
  const said = reasonsByWords.find(([pattern]) => pattern.test(lastWords))?.[1] ?? 'ended';
  // The last picture of a broken connection is torn, which ffmpeg calls invalid; but the ones before it could be read.
  const reason = hasOpened && said === 'bad_output' ? 'ended' : said;
  // FFmpeg begins with the part that speaks, `[rtsp @ 0x…]`, or with the address, which the label already names.
  const cause = lastWords.replace(/^\[[^\]]*\] /, '').replace(`${printable(input.address)}: `, '');
  return SourceError.of(reason, input.label, cause === '' ? how : cause);
}

const reasonsByWords: readonly (readonly [RegExp, SourceFaultReason])[] = [
  [/\b40[13]\b|permission denied|operation not permitted/i, 'refused'],
  [/\b404\b|no such (?:file|device)|could not find video device/i, 'not_found'],
  [/refused|timed out|unreachable|no route|resolve|reset by peer|input\/output error|\b5xx\b/i, 'unreachable'],
  [/resource busy/i, 'busy'],
  [/invalid|not on whitelist|matches no streams|could not find codec/i, 'bad_output'],
];
