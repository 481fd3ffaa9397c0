import { constants } from 'node:os';
import {
  AVERROR_EOF,
  AVERROR_HTTP_FORBIDDEN,
  AVERROR_HTTP_NOT_FOUND,
  AVERROR_HTTP_OTHER_4XX,
  AVERROR_HTTP_SERVER_ERROR,
  AVERROR_HTTP_UNAUTHORIZED,
} from 'node-av/constants';
import { FFmpegError } from 'node-av/lib';
import type { SourceFaultReason } from '../../../../shared/state.ts';
import { SourceError } from '../ffmpeg/source-error.ts';

const { errno } = constants;

const reasons = new Map<number, SourceFaultReason>([
  [AVERROR_HTTP_UNAUTHORIZED, 'refused'],
  [AVERROR_HTTP_FORBIDDEN, 'refused'],
  [AVERROR_HTTP_NOT_FOUND, 'not_found'],
  [AVERROR_HTTP_OTHER_4XX, 'refused'],
  [AVERROR_HTTP_SERVER_ERROR, 'unreachable'],
  [AVERROR_EOF, 'ended'],
  // FFmpeg passes the system's errors on with their sign turned.
  [-errno.ECONNREFUSED, 'unreachable'],
  [-errno.ECONNRESET, 'unreachable'],
  [-errno.ETIMEDOUT, 'unreachable'],
  [-errno.EHOSTUNREACH, 'unreachable'],
  [-errno.ENETUNREACH, 'unreachable'],
  [-errno.EADDRNOTAVAIL, 'unreachable'],
  // Also what FFmpeg gives for a host name that nobody knows.
  [-errno.EIO, 'unreachable'],
  [-errno.EPIPE, 'unreachable'],
  [-errno.EACCES, 'refused'],
  [-errno.EPERM, 'refused'],
  [-errno.EBUSY, 'busy'],
  [-errno.ENOENT, 'not_found'],
  [-errno.ENODEV, 'not_found'],
  [-errno.ENXIO, 'not_found'],
]);

/** Throws what a negative result of FFmpeg means for the Source. */
export function checkResult(result: number, label: string): void {
  if (result >= 0) return;
  const reason = reasons.get(result) ?? 'bad_output';
  throw SourceError.of(reason, label, FFmpegError.strerror(result));
}
