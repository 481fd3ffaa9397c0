import * as v from 'valibot';
import { connectionStates } from '../../../shared/calls.ts';

const timestamp = v.pipe(v.string(), v.isoTimestamp());
const partySchema = v.object({
  id: v.string(),
  kind: v.picklist(['station', 'user', 'colleague']),
  name: v.string(),
  /** Of a colleague. */
  directory: v.exactOptional(v.string()),
});

/** A call in the words of the HTTP door. */
export const callSchema = v.object({
  call_id: v.string(),
  status: v.picklist(['pending', 'ongoing', 'ended']),
  caller: partySchema,
  callee: partySchema,
  created_at: timestamp,
  /** Of a pending one. */
  rings_until: v.optional(timestamp),
  /** Of an ongoing one. */
  accepted_at: v.optional(timestamp),
  /** Of one that has ended, as the next two. */
  ended_at: v.optional(timestamp),
  why: v.optional(v.picklist(['hung_up', 'declined', 'cancelled', 'unanswered', 'deserted', 'lost', 'access_ended'])),
  ended_by: v.optional(v.nullable(v.string())),
});

export const activeCallsSchema = v.object({
  me: partySchema,
  people: v.array(v.object({ ...partySchema.entries, isBusy: v.boolean() })),
  call: v.nullable(callSchema),
});

export const callConnectionSchema = v.object({
  call_id: v.string(),
  connection_state: v.picklist(connectionStates),
  ice_candidates_count: v.number(),
  created_at: timestamp,
  updated_at: timestamp,
});
