import * as v from 'valibot';
import type { RawPicture } from './picture.ts';

/** The longest line a detector program may write. */
export const maxLineBytes = 4_096;

/** Encoders need pairs of rows and columns: 4:2:0 halves the colours' size. */
const minSidePx = 2;
const maxSidePx = 16_384;
const wholeNumber = (min: number, max: number) => v.pipe(v.number(), v.integer(), v.minValue(min), v.maxValue(max));

const samples = {
  uint8: { bytesPerPixel: 1, minBits: 1, maxBits: 8 },
  uint16le: { bytesPerPixel: 2, minBits: 1, maxBits: 16 },
  rgb24: { bytesPerPixel: 3, minBits: 8, maxBits: 8 },
} as const;

const headerSchema = v.object({
  eyepiece: v.literal(1),
  widthPx: wholeNumber(minSidePx, maxSidePx),
  heightPx: wholeNumber(minSidePx, maxSidePx),
  pixelType: v.picklist(['uint8', 'uint16le', 'rgb24']),
  significantBits: v.optional(wholeNumber(1, 16)),
  pixelSizeUm: v.optional(v.pipe(v.number(), v.gtValue(0), v.maxValue(10_000))),
});

const pictureSchema = v.object({
  frame: wholeNumber(0, Number.MAX_SAFE_INTEGER),
  bytes: wholeNumber(1, maxSidePx * maxSidePx * 3),
  captureTimeMs: v.optional(v.pipe(v.number(), v.finite())),
  exposureMs: v.optional(v.pipe(v.number(), v.minValue(0), v.maxValue(86_400_000))),
});

/** What a detector program says of all its pictures. */
export interface ProgramHeader {
  readonly widthPx: number;
  readonly heightPx: number;
  readonly pixelType: keyof typeof samples;
  readonly significantBits: number;
  readonly pixelSizeUm?: number | undefined;
  /** How many bytes each picture has, rows without padding. */
  readonly pictureBytes: number;
  readonly strideBytes: number;
}

/** What a detector program says of one picture. */
export type PictureHeader = v.InferOutput<typeof pictureSchema>;

/** A line that breaks the protocol; the message says how, in the middle of a sentence. */
export class ProtocolError extends Error {}

/** Reads the first line. @throws ProtocolError */
export function parseHeader(line: string): ProgramHeader {
  const header = parseLine(headerSchema, line);
  const { bytesPerPixel, minBits, maxBits } = samples[header.pixelType];
  const significantBits = header.significantBits ?? maxBits;
  if (significantBits < minBits || significantBits > maxBits) {
    throw new ProtocolError(`significantBits of ${header.pixelType} must be ${minBits} to ${maxBits}`);
  }
  const strideBytes = header.widthPx * bytesPerPixel;
  return { ...header, significantBits, strideBytes, pictureBytes: strideBytes * header.heightPx };
}

const dayMs = 86_400_000;

/**
 * Reads the line before a picture.
 * @param lastFrame The number of the picture before; numbers rise.
 * @throws ProtocolError
 */
export function parsePicture(line: string, header: ProgramHeader, lastFrame: number, nowMs: number): PictureHeader {
  const picture = parseLine(pictureSchema, line);
  if (picture.bytes !== header.pictureBytes) {
    throw new ProtocolError(`bytes must be ${header.pictureBytes} for a picture of this size`);
  }
  if (picture.frame <= lastFrame) throw new ProtocolError(`frame must be above ${lastFrame}, the one before`);
  // Seconds, or the time since the program's start, would be shown as a delay of years.
  if (picture.captureTimeMs !== undefined && Math.abs(picture.captureTimeMs - nowMs) > dayMs) {
    throw new ProtocolError('captureTimeMs must be Unix time in milliseconds');
  }
  return picture;
}

/** Puts header and bytes together. */
export function toRawPicture(
  header: ProgramHeader,
  picture: PictureHeader,
  data: Uint8Array,
  nowMs: number,
): RawPicture {
  const { widthPx, heightPx, pixelType, significantBits, strideBytes } = header;
  return {
    number: picture.frame,
    captureTimeMs: picture.captureTimeMs ?? nowMs,
    ...(picture.exposureMs !== undefined && { exposureMs: picture.exposureMs }),
    widthPx,
    heightPx,
    pixelType,
    significantBits,
    planes: [{ data, strideBytes }],
  };
}

function parseLine<TSchema extends v.GenericSchema>(schema: TSchema, line: string): v.InferOutput<TSchema> {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    // Why it isn't JSON says less than the line itself, which is quoted.
    throw new ProtocolError('it is not JSON');
  }
  const result = v.safeParse(schema, value);
  if (result.success) return result.output;
  const [issue] = result.issues;
  const key = v.getDotPath(issue);
  throw new ProtocolError(key === null ? 'it is not a JSON object' : `${key}: ${issue.message}`);
}
