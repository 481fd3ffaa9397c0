import { stat } from 'node:fs/promises';
import { basename } from 'node:path';
import type { Source } from '../../../../shared/source.ts';
import type { DecodedSource } from '../engine.ts';
import type { CameraMode } from '../../../../shared/api.ts';
import { findCamera } from './camera-device.ts';
import { SourceError } from './source-error.ts';

/** How FFmpeg is asked to open a Source: the same for the library and for the program. */
export interface FfmpegInput {
  readonly address: string;
  /** FFmpeg's name of the only format that may be found there; undefined where FFmpeg looks for itself. */
  readonly format: string | undefined;
  readonly options: Readonly<Record<string, string>>;
  /** Names the Source in messages, without user and password. */
  readonly label: string;
  /** Live pictures are shown as they come; recordings at their own rate. */
  readonly isLive: boolean;
}

/**
 * Containers a recording may have. Playlists (HLS, DASH, concat, SDP) are left out, because they make FFmpeg open
 * addresses that stand in the file (CVE-2016-1897, CVE-2017-9993).
 */
const recordingFormats =
  'mov,matroska,avi,mpegts,mpeg,flv,asf,ogg,ivf,h264,hevc,mjpeg,mpjpeg,yuv4mpegpipe,gif,nut,mxf,dv';

/**
 * Each scheme gets one format and only the protocols that this format needs, so that what the other side answers
 * (a redirect, a playlist) can't lead anywhere else.
 */
const urlInputs: Readonly<Record<string, { format: string; options: Readonly<Record<string, string>> }>> = {
  rtsp: {
    format: 'rtsp',
    options: { rtsp_transport: 'tcp', allowed_media_types: 'video', protocol_whitelist: 'rtp,rtcp,udp,tcp,tls,crypto' },
  },
  rtmp: { format: 'flv', options: { protocol_whitelist: 'rtmp,rtmps,tcp,tls,crypto' } },
  http: {
    format: 'mpjpeg',
    // The address was looked at by whoever may name it; one that a camera names instead was not.
    options: { protocol_whitelist: 'http,https,tcp,tls,crypto', seekable: '0', max_redirects: '0' },
  },
};

/**
 * @param modes What the camera can do, where that is known.
 * @throws SourceError where the camera or file is not there.
 */
export async function describeInput(source: DecodedSource, modes: readonly CameraMode[] = []): Promise<FfmpegInput> {
  switch (source.kind) {
    case 'camera':
      return describeCamera(source, modes);
    case 'url':
      return describeUrl(source.url);
    case 'file':
      return describeFile(source.path);
  }
}

/** @throws SourceError where the text is not an address that a picture can come from. */
export function describeUrl(url: string): FfmpegInput {
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  const input = parsed && urlInputs[parsed.protocol.replace(/s?:$/, '')];
  if (!input) throw new SourceError('not_found', 'That is not an address of a camera.');
  // FFmpeg knows schemes in lower case only.
  const address = url.replace(/^[^:]*/, (scheme) => scheme.toLowerCase());
  return { address, ...input, label: parsed.host, isLive: true };
}

async function describeFile(path: string): Promise<FfmpegInput> {
  const label = basename(path);
  const found = await stat(path).catch(() => null);
  if (!found?.isFile()) throw new SourceError('not_found', `There is no recording ${label}.`);
  return {
    // With the scheme before it, no file name can be taken for another protocol.
    address: `file:${path}`,
    format: undefined,
    options: { protocol_whitelist: 'file', format_whitelist: recordingFormats },
    label,
    isLive: false,
  };
}

type CameraSource = Extract<Source, { kind: 'camera' }>;

async function describeCamera(source: CameraSource, modes: readonly CameraMode[]): Promise<FfmpegInput> {
  const { format, address } = await findCamera(source.device);
  const options = { ...cameraModeOptions(format, source, modes), ...(format === 'dshow' && { rtbufsize: '67108864' }) };
  const label = `camera ${source.device}`;
  return { address, format, options, label, isLive: true };
}

/** FFmpeg's options for a camera: the configured values, or the mode that fits them best where modes are known. */
export function cameraModeOptions(
  format: 'v4l2' | 'dshow',
  wish: Pick<CameraSource, 'widthPx' | 'heightPx' | 'fps'>,
  modes: readonly CameraMode[],
): Record<string, string> {
  const mode = chooseCameraMode(wish, modes);
  const { widthPx, heightPx } = mode ?? wish;
  // DirectShow refuses a rate that a mode does not have, while V4L2 takes the nearest.
  const fps = wish.fps ?? (format === 'v4l2' && mode ? Math.min(mode.fps, usualMode.fps) : undefined);
  const pixels = mode && pixelOption(format, mode, modes);
  return {
    ...(widthPx !== undefined && heightPx !== undefined && { video_size: `${widthPx}x${heightPx}` }),
    ...(fps !== undefined && { framerate: String(fps) }),
    ...pixels,
  };
}

function pixelOption(format: 'v4l2' | 'dshow', mode: CameraMode, modes: readonly CameraMode[]): Record<string, string> {
  if (mode.format !== otherFormat) return { [format === 'v4l2' ? 'input_format' : 'pixel_format']: mode.format };
  // A webcam that lists raw pixels beside another format means MJPEG by it. FFmpeg's V4L2 has to be told, since by
  // itself it takes raw pixels, however slow they are at this size. Where all is "other" (16 bits), FFmpeg knows better.
  const isWebcam = format === 'v4l2' && modes.some((other) => other.format !== otherFormat);
  return isWebcam ? { input_format: 'mjpeg' } : {};
}

/** The format of camera modes that can't be listed by name: compressed pictures, or more than 8 bits. */
export const otherFormat = 'other';

/** Without a wish: what fits a wall of tiles and what nearly every camera can do. */
const usualMode = { widthPx: 1280, heightPx: 720, fps: 30 };

/**
 * The mode nearest to the wished size; among those that are fast enough, raw pixels before compressed ones, since they
 * show what the sensor saw and need no decoding.
 */
export function chooseCameraMode(
  wish: Pick<CameraSource, 'widthPx' | 'heightPx' | 'fps'>,
  modes: readonly CameraMode[],
): CameraMode | undefined {
  const widthPx = wish.widthPx ?? usualMode.widthPx;
  const heightPx = wish.heightPx ?? usualMode.heightPx;
  const fps = wish.fps ?? usualMode.fps;
  const rank = (mode: CameraMode): readonly number[] => [
    Math.abs(mode.widthPx - widthPx) + Math.abs(mode.heightPx - heightPx),
    Math.max(0, fps - mode.fps),
    mode.format === otherFormat ? 1 : 0,
    mode.fps - fps,
  ];
  return [...modes].sort((a, b) => compareRanks(rank(a), rank(b)))[0];
}

function compareRanks(a: readonly number[], b: readonly number[]): number {
  for (const [index, value] of a.entries()) {
    const difference = value - (b[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}
