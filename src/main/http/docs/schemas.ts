import { toJsonSchema, toJsonSchemaDefs, type ConversionConfig } from '@valibot/to-json-schema';
import type * as v from 'valibot';
import { newMachineTokenSchema, newUserSchema, userChangeSchema } from '../../../shared/access.ts';
import { newStreamSchema, streamChangeSchema } from '../../../shared/settings.ts';
import { accessTokenSchema, machineTokenSchema, meSchema, userSchema, visitSchema } from '../answers/access.ts';
import { problemSchema } from '../answers/problem.ts';
import { settingsSchema } from '../answers/settings.ts';
import { stationStateSchema, streamStateSchema, viewerStateSchema } from '../answers/state.ts';
import { cameraSchema, statusSchema, streamEventSchema } from '../answers/station.ts';

/** A JSON Schema of the dialect that OpenAPI 3.1 has: 2020-12. */
export type JsonSchema = Readonly<Record<string, unknown>>;

/** What is sent, by the names of its types. */
const told = {
  AccessToken: accessTokenSchema,
  CameraInfo: cameraSchema,
  MachineToken: machineTokenSchema,
  Me: meSchema,
  Problem: problemSchema,
  Settings: settingsSchema,
  StationState: stationStateSchema,
  Status: statusSchema,
  StreamEvent: streamEventSchema,
  StreamState: streamStateSchema,
  User: userSchema,
  ViewerState: viewerStateSchema,
  Visit: visitSchema,
};

/** What is taken. */
const taken = {
  NewMachineToken: newMachineTokenSchema,
  NewStream: newStreamSchema,
  NewUser: newUserSchema,
  StreamChange: streamChangeSchema,
  UserChange: userChangeSchema,
};

// What a schema does beyond JSON Schema (trimming, checks in code) is left out: the documents promise less than is checked.
const common = {
  target: 'draft-2020-12',
  errorMode: 'ignore',
  overrideRef: ({ referenceId }) => `#/components/schemas/${referenceId}`,
} satisfies ConversionConfig;
const asTold = { ...common, typeMode: 'output', definitions: told } satisfies ConversionConfig;
const asTaken = { ...common, typeMode: 'input', definitions: taken } satisfies ConversionConfig;

/** What an answer looks like. */
export function answerSchema(schema: v.GenericSchema): JsonSchema {
  return withoutFrame(toJsonSchema(schema, asTold));
}

/** What a body or query must look like. */
export function requestSchema(schema: v.GenericSchema): JsonSchema {
  return withoutFrame(toJsonSchema(schema, asTaken));
}

/** All that have a name. */
export function namedSchemas(): Readonly<Record<string, JsonSchema>> {
  return {
    ...toJsonSchemaDefs(told, { ...common, typeMode: 'output' }),
    ...toJsonSchemaDefs(taken, { ...common, typeMode: 'input' }),
  } as unknown as Record<string, JsonSchema>;
}

/** The document names the dialect once, and the definitions are in its components. */
function withoutFrame({
  $schema: _dialect,
  $defs: _definitions,
  ...schema
}: object & { $schema?: unknown; $defs?: unknown }): JsonSchema {
  return { ...schema };
}
