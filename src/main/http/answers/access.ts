import * as v from 'valibot';
import { callerKinds, roleSchema, rights, streamsSchema } from '../../../shared/access.ts';

const id = v.pipe(v.number(), v.integer());
const callerKind = v.picklist(callerKinds);

export const accessTokenSchema = v.object({ token: v.string(), expiresInMs: v.number() });
export const guestInSchema = v.object({ ...accessTokenSchema.entries, key: v.string() });
export const signedInSchema = v.object({ ...accessTokenSchema.entries, refreshToken: v.string() });

export const meSchema = v.object({
  kind: callerKind,
  name: v.string(),
  role: roleSchema,
  rights: v.array(v.picklist(rights)),
  streams: streamsSchema,
});

export const userSchema = v.object({
  id,
  name: v.string(),
  role: roleSchema,
  streams: streamsSchema,
  isDisabled: v.boolean(),
  createdAtMs: v.number(),
});

export const machineTokenSchema = v.object({
  id,
  name: v.string(),
  role: roleSchema,
  streams: streamsSchema,
  createdAtMs: v.number(),
  expiresAtMs: v.number(),
});

/** The only time that the token itself is told. */
export const addedMachineTokenSchema = v.object({ ...machineTokenSchema.entries, token: v.string() });

export const visitSchema = v.object({
  id,
  kind: callerKind,
  name: v.string(),
  streamId: v.string(),
  address: v.string(),
  fromMs: v.number(),
  untilMs: v.number(),
  isPresent: v.boolean(),
});
