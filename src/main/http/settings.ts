import type { FastifyRequest } from 'fastify';
import * as v from 'valibot';
import { StationError } from '../../shared/errors.ts';
import {
  newStreamSchema,
  streamChangeSchema,
  type RemoteSettings,
  type RemoteSettingsApi,
} from '../../shared/settings.ts';
import { streamNameSchema } from '../../shared/source.ts';
import { callerOf } from './access.ts';
import { settingsSchema } from './answers/settings.ts';
import { bodyHandler, created, handler, ok, type Reader } from './handler.ts';
import { readJson } from './json-body.ts';
import { parameter, textOf } from './whep.ts';

const stationChangeSchema = v.strictObject({ stationName: streamNameSchema });
const placeSchema = v.strictObject({ place: v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(1_000)) });

/** The handlers of the URLs where an admin changes from elsewhere what the station shows. */
export function settingsHandlers(settings: RemoteSettingsApi) {
  const answers = ok(settingsSchema);
  const idOf = (request: FastifyRequest) => parameter(request, 'streamId');
  return {
    settings: handler({ summary: 'Tells how the station and its streams are set up.', answers }, () =>
      settings.settings(),
    ),

    renameStation: bodyHandler(
      { summary: 'Renames the station.', body: stationChangeSchema, answers },
      read,
      ({ stationName }, request) => noted(request, 'the station’s name', settings.renameStation(stationName)),
    ),

    addStream: bodyHandler(
      { summary: 'Adds a stream as the last one.', body: newStreamSchema, answers: created(settingsSchema) },
      read,
      (stream, request, reply) => {
        reply.code(201);
        return noted(request, 'a new stream', settings.addStream(stream));
      },
    ),

    changeStream: bodyHandler(
      { summary: 'Changes a stream; what is left out stays.', body: streamChangeSchema, answers },
      read,
      (change, request) => noted(request, 'a stream', settings.changeStream(idOf(request), change)),
    ),

    moveStream: bodyHandler(
      { summary: 'Moves a stream to another place, counted from 0.', body: placeSchema, answers },
      read,
      ({ place }, request) => noted(request, 'a stream’s place', settings.moveStream(idOf(request), place)),
    ),

    removeStream: handler({ summary: 'Removes a stream and ends whoever watches it.', answers }, (request) =>
      noted(request, 'a stream, which is removed', settings.removeStream(idOf(request))),
    ),
  };
}

/** Whoever comes to a changed station wants to know who it was. */
async function noted(request: FastifyRequest, what: string, change: Promise<RemoteSettings>): Promise<RemoteSettings> {
  const settings = await change;
  request.log.info({ who: callerOf(request)?.name, what }, 'The settings were changed over the network.');
  return settings;
}

const read: Reader = (schema, request) => readJson(schema, textOf(request), refusal);

function refusal(message: string, issue: v.BaseIssue<unknown>): StationError {
  return StationError.badSetting(`That is refused: ${describe(message, issue)}.`);
}

/** Nothing of the request comes back: neither a key that nobody knows nor a value, which valibot's own messages quote. */
function describe(message: string, issue: v.BaseIssue<unknown>): string {
  if (issue.type === 'strict_object') {
    if (issue.expected === 'never') return 'it has a key that is not known';
    return issue.received === 'undefined' ? `${issue.expected} is missing` : 'it must be a JSON object';
  }
  return `"${v.getDotPath(issue) ?? ''}" ${message.startsWith('Invalid') ? 'is not what it can be' : message}`;
}
