import type { FastifyRequest } from 'fastify';
import * as v from 'valibot';
import {
  bookingChangeSchema,
  connectWishSchema,
  labStationChangeSchema,
  newBookingSchema,
  newLabStationSchema,
  publicKeySchema,
  type DirectoryApi,
  type DirectoryDesk,
} from '../../shared/directory.ts';
import { StationError } from '../../shared/errors.ts';
import { mayDo } from '../access/rights.ts';
import { callerOf } from './access.ts';
import { done, idOf, inFull, notFound, read, readSpan, spanSchema } from './administration.ts';
import {
  bookingSchema,
  connectionSchema,
  directoryInfoSchema,
  foundStationSchema,
  labStationSchema,
  stationAgendaSchema,
} from './answers/directory.ts';
import { bodyHandler, created, handler, media, noContent, ok, queryHandler } from './handler.ts';
import { Problem } from './problem.ts';
import { parameter } from './whep.ts';

type DirectoryOf = (request: FastifyRequest) => DirectoryApi;

/** The handlers of the URLs of the lab's directory. */
export function directoryHandlers(desk: DirectoryDesk) {
  const directoryOf: DirectoryOf = (request) => {
    const caller = callerOf(request);
    const standing = caller?.standing();
    if (!caller || !standing) throw StationError.signInNeeded();
    const { kind, name } = caller;
    const mayManage = mayDo(standing, 'manage_directory', kind);
    const { role, streams } = standing;
    // The gate has looked at the name that stands there.
    const door = `${request.protocol}://${request.host}`;
    return desk.of({ name, user: kind === 'user' ? name : null, mayManage, role, streams, door });
  };
  return {
    key: handler(
      { summary: 'Tells the public key that tickets are checked with (JWK).', answers: ok(publicKeySchema) },
      () => desk.publicKey,
    ),
    info: handler({ summary: 'Tells what the directory is.', answers: ok(directoryInfoSchema) }, (request) =>
      directoryOf(request).info(),
    ),
    ...connectHandlers(directoryOf),
    ...stationHandlers(directoryOf),
    ...bookingHandlers(directoryOf),
  };
}

function connectHandlers(directoryOf: DirectoryOf) {
  const elsewhere = (where: string) =>
    handler({ summary: 'Says where to go instead.', answers: {} }, () => {
      throw Problem.elsewhere(where);
    });
  return {
    connect: bodyHandler(
      { summary: 'Gives a ticket for a station.', body: connectWishSchema, answers: ok(connectionSchema) },
      read,
      (wish, request) => directoryOf(request).connect(wish),
    ),
    noAnswer: elsewhere('The directory has no answers. The station itself gives one to POST {webrtc_url}/offer.'),
    noCandidate: elsewhere(
      'The directory takes no candidates. Send them to the station itself, at POST {webrtc_url}/ice-candidate.',
    ),
  };
}

function stationHandlers(directoryOf: DirectoryOf) {
  return {
    stations: handler(
      { summary: 'Lists the stations of the lab.', answers: ok(v.array(labStationSchema)) },
      (request) => directoryOf(request).stations(),
    ),

    addStation: bodyHandler(
      { summary: 'Adds a station.', body: newLabStationSchema, answers: created(labStationSchema) },
      read,
      (station, request, reply) => {
        reply.code(201);
        return directoryOf(request).addStation(station);
      },
    ),

    changeStation: bodyHandler(
      {
        summary: 'Changes a station; what is left out stays.',
        body: labStationChangeSchema,
        answers: ok(labStationSchema),
      },
      read,
      async (change, request) =>
        (await directoryOf(request).changeStation(parameter(request, 'id'), change)) ?? notFound(),
    ),

    removeStation: handler({ summary: 'Removes a station and its bookings.', answers: noContent }, (request, reply) =>
      done(reply, directoryOf(request).removeStation(parameter(request, 'id'))),
    ),

    found: handler(
      {
        summary: 'Looks for stations that announce themselves on the network.',
        answers: ok(v.array(foundStationSchema)),
      },
      (request) => directoryOf(request).found(),
    ),

    agenda: handler(
      { summary: 'Tells who has a station now, and who is next.', answers: ok(stationAgendaSchema) },
      (request) => directoryOf(request).agenda(parameter(request, 'id')) ?? notFound(),
    ),
  };
}

function bookingHandlers(directoryOf: DirectoryOf) {
  return {
    bookings: queryHandler(
      { summary: 'Lists the bookings of a span.', query: spanSchema, answers: ok(v.array(bookingSchema)) },
      readSpan,
      (span, request) => directoryOf(request).bookings(inFull(span)),
    ),

    book: bodyHandler(
      { summary: 'Books a station.', body: newBookingSchema, answers: created(bookingSchema) },
      read,
      (booking, request, reply) => {
        reply.code(201);
        return directoryOf(request).book(booking);
      },
    ),

    changeBooking: bodyHandler(
      { summary: 'Changes a booking; what is left out stays.', body: bookingChangeSchema, answers: ok(bookingSchema) },
      read,
      (change, request) => directoryOf(request).changeBooking(idOf(request), change) ?? notFound(),
    ),

    cancelBooking: handler({ summary: 'Cancels a booking.', answers: noContent }, (request, reply) =>
      done(reply, directoryOf(request).cancelBooking(idOf(request))),
    ),

    calendar: handler(
      { summary: 'The caller’s bookings for calendars (iCalendar).', answers: media('text/calendar') },
      (request, reply) => {
        reply.header('content-type', 'text/calendar; charset=utf-8');
        reply.header('content-disposition', 'attachment; filename="bookings.ics"');
        return directoryOf(request).calendar();
      },
    ),
  };
}
