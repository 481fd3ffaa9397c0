import * as v from 'valibot';
import { publicKeySchema, stationAccesses, stationStatuses } from '../../../shared/directory.ts';

const time = v.number();

export const directoryInfoSchema = v.object({
  id: v.string(),
  timeZone: v.string(),
  publicKey: publicKeySchema,
  url: v.nullable(v.string()),
});

export const labStationSchema = v.object({
  id: v.string(),
  name: v.string(),
  type: v.string(),
  webrtc_url: v.nullable(v.string()),
  rtsp_url: v.nullable(v.string()),
  access: v.picklist(stationAccesses),
  status: v.picklist(stationStatuses),
  last_seen_ms: v.nullable(time),
});

export const foundStationSchema = v.object({ name: v.string(), webrtc_url: v.string(), isListed: v.boolean() });

export const connectionSchema = v.object({
  robot_id: v.string(),
  webrtc_url: v.string(),
  message: v.string(),
  ticket: v.string(),
  ticket_expires_in_ms: v.number(),
  booking_until_ms: v.nullable(time),
});

export const bookingSchema = v.object({
  id: v.number(),
  station: v.string(),
  fromMs: time,
  untilMs: time,
  user: v.nullable(v.string()),
  purpose: v.nullable(v.string()),
  isOwn: v.boolean(),
});

const dueSchema = v.object({
  user: v.string(),
  fromMs: time,
  untilMs: time,
  timeZone: v.nullable(v.string()),
});

/** Null where nobody is known to be. */
export const dueAnswerSchema = v.object({ due: v.nullable(dueSchema) });

export const stationAgendaSchema = v.object({
  current: v.nullable(bookingSchema),
  next: v.nullable(bookingSchema),
});
