import { describe, expect, it } from 'vitest';
import { StationError } from '../../src/shared/errors.ts';
import { fakeStation } from '../contract/fake-station.ts';
import { call, listedOrigin, openDoor, type Call } from './door.ts';
import { ask, folder, json, post } from './imswitch.ts';
import { serve } from './offered-session.ts';

/** What is asked, and the words of the refusal. */
const refusals: readonly (readonly [what: string, name: string, request: Call, message: string])[] = [
  ['an unknown detector', 'startLiveView?detectorName=none', post(null), 'There is no such stream on this station.'],
  ['raw pixels', 'startLiveView?protocol=binary', post(null), '"protocol" must be one of webrtc, mjpeg, jpeg.'],
  ['two protocols', 'startLiveView?protocol=jpeg&protocol=mjpeg', post(null), '"protocol" must be a text.'],
  [
    'a body that is not JSON',
    'startLiveView',
    { method: 'POST', headers: json, body: '{' },
    'The body must be a JSON object.',
  ],
  ['a body that is a list', 'startLiveView', post([1]), 'The body must be a JSON object.'],
  [
    'a rate that is none',
    'setStreamParameters?protocol=mjpeg',
    post({ throttle_ms: -1 }),
    '"throttle_ms" must be a number from 0 to 60000.',
  ],
  [
    'a size that is none',
    'setStreamParameters?protocol=mjpeg',
    post({ subsampling_factor: 'small' }),
    '"subsampling_factor" must be a number from 1 up.',
  ],
  ['parameters of nothing', 'setStreamParameters', post({}), '"protocol" is missing.'],
  ['pictures that start perhaps', 'mjpeg_stream?startStream=perhaps', {}, '"startStream" must be true or false.'],
  ['pictures of nobody', 'mjpeg_stream?detectorName=none', {}, 'There is no such stream on this station.'],
  [
    'an offer without SDP',
    'webrtc_offer',
    post({ sdp_type: 'offer' }),
    'That is not a WebRTC offer: "sdp" is missing.',
  ],
  [
    'an answer for an offer',
    'webrtc_offer',
    post({ sdp: 'v=0', sdp_type: 'answer' }),
    'That is not a WebRTC offer: "sdp_type" must be "offer".',
  ],
  [
    'an SDP that is none',
    'webrtc_offer',
    post({ sdp: 'hello', type: 'offer' }),
    'That is not a WebRTC offer: it is not SDP.',
  ],
  ['an offer of numbers', 'webrtc_offer', post({ sdp: 1, sdp_type: 'offer' }), '"sdp" must be a text.'],
  [
    'an offer to nobody',
    'webrtc_offer',
    post({ sdp: 'v=0', sdp_type: 'offer', detectorName: '<none>' }),
    'There is no such stream on this station.',
  ],
  ['no candidate', 'webrtc_ice_candidate', {}, 'The candidates cannot be used: "candidate" is missing.'],
  ['a candidate that is half JSON', 'webrtc_ice_candidate?candidate=%7B', {}, '"candidate" must be a JSON object.'],
  [
    'a candidate without a session',
    'webrtc_ice_candidate',
    post({ candidate: { candidate: 'candidate:1' } }),
    'There is no such viewer, or it has already gone.',
  ],
];

describe('what a live view of ImSwitch refuses, with 200 and in its words', () => {
  it.each(refusals)('%s', async (_what, name, request, message) => {
    const { door, world } = await serve();
    expect(await ask(door, name, request)).toEqual({ status: 'error', message });
    expect(world.captures).toHaveLength(0);
  });

  it.each([
    ['a full station', StationError.stationFull(2)],
    ['a detector that is away', StationError.sourceOffline(1_000)],
  ])('pictures and sessions of %s', async (_what, refusal) => {
    const watchPictures = () => {
      throw refusal;
    };
    const door = await openDoor({ station: fakeStation({ watch: () => Promise.reject(refusal), watchPictures }) });
    const error = { status: 'error', message: refusal.message };
    expect(await ask(door, 'mjpeg_stream')).toEqual(error);
    expect(await ask(door, 'webrtc_offer', post({ sdp: 'v=0', sdp_type: 'offer' }))).toEqual(error);
    expect(await ask(door, 'getLiveViewActive')).toBe(false);
  });

  it('is read by a page of a listed origin, which asks first', async () => {
    const door = await openDoor();
    const preflight = await call(door, {
      method: 'OPTIONS',
      path: `${folder}/webrtc_offer`,
      headers: { origin: listedOrigin, 'access-control-request-method': 'POST' },
    });
    expect(preflight.headers).toMatchObject({
      'access-control-allow-origin': listedOrigin,
      'access-control-allow-methods': 'POST, OPTIONS',
    });
    const embedded = { 'sec-fetch-site': 'cross-site', 'sec-fetch-dest': 'image', referer: `${listedOrigin}/live` };
    const shown = await call(door, { path: `${folder}/mjpeg_stream`, headers: embedded });
    expect(shown.status).toBe(200);
    expect(shown.headers['cross-origin-resource-policy']).toBe('cross-origin');
  });
});
