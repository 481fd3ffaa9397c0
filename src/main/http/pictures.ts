import * as v from 'valibot';
import type { StationApi, WholePicture } from '../../shared/api.ts';
import { maxPictureFps } from '../../shared/commands.ts';
import { watchFromFirst } from './first-picture.ts';
import { media, queryHandler, type Reader } from './handler.ts';
import { pictureHeaders, sendMjpeg } from './mjpeg.ts';
import { Problem, problemOf } from './problem.ts';
import { parameter } from './whep.ts';

const minFps = 0.1;
/** Enough to move by. Whoever wants more says so: each picture is some hundred kilobytes. */
const defaultFps = 15;

const number = (message: string) =>
  v.pipe(v.string(message), v.regex(/^\d{1,3}(?:\.\d{1,3})?$/, message), v.transform(Number));
const fpsMessage = `"fps" must be a number from ${minFps} to ${maxPictureFps}`;
const scaleMessage = '"scale" must be 1, 2 or 4';

const scaleSchema = v.object({
  scale: v.optional(v.pipe(number(scaleMessage), v.picklist([1, 2, 4], scaleMessage)), '1'),
});
const wishSchema = v.object({
  fps: v.optional(
    v.pipe(number(fpsMessage), v.minValue(minFps, fpsMessage), v.maxValue(maxPictureFps, fpsMessage)),
    String(defaultFps),
  ),
  ...scaleSchema.entries,
});

/** The handlers of the URLs that give JPEGs over HTTP, where WebRTC can't be had or a program wants pictures as files. */
export function pictureHandlers(station: StationApi) {
  return {
    stream: queryHandler(
      {
        summary: 'Sends the pictures of a stream as JPEGs, one after the other, without end.',
        query: wishSchema,
        answers: media('multipart/x-mixed-replace'),
      },
      readQuery,
      async ({ fps, scale }, request, reply): Promise<void> => {
        const wish = { scale, maxFps: fps };
        await sendMjpeg(station, request, reply, { streamId: parameter(request, 'streamId'), wish }).catch(
          (error: unknown) => {
            throw unavailable(error);
          },
        );
      },
    ),

    single: queryHandler(
      { summary: 'Sends the next picture of a stream as a JPEG.', query: scaleSchema, answers: media('image/jpeg') },
      readQuery,
      async ({ scale }, request, reply): Promise<Buffer> => {
        const wanted = { streamId: parameter(request, 'streamId'), wish: { scale, maxFps: maxPictureFps } };
        const pictures: WholePicture[] = [];
        const listener = { picture: (picture: WholePicture) => pictures.push(picture), ended: () => undefined };
        const stop = await watchFromFirst(station, request, wanted, listener).catch((error: unknown) => {
          throw unavailable(error);
        });
        stop();
        const [first] = pictures;
        if (!first) throw Problem.noPicture();
        reply.headers(pictureHeaders(first));
        return Buffer.from(first.data.buffer, first.data.byteOffset, first.data.byteLength);
      },
    ),
  };
}

const readQuery: Reader = (schema, request) => {
  const { success, output, issues } = v.safeParse(schema, request.query);
  if (!success) throw Problem.badQuery(issues[0].message);
  return output;
};

/** WHEP wants 409 where a source is away (draft-ietf-wish-whep); of a resource that can't be had for now, RFC 9110 §15.6.4 says 503. */
function unavailable(error: unknown): unknown {
  const problem = problemOf(error);
  return problem?.code === 'source_offline' ? problem.as(503) : error;
}
