import type * as v from 'valibot';
import { expect, it } from 'vitest';
import type * as access from '../../src/main/http/answers/access.ts';
import type { settingsSchema } from '../../src/main/http/answers/settings.ts';
import type { stationStateSchema } from '../../src/main/http/answers/state.ts';
import type * as station from '../../src/main/http/answers/station.ts';
import type { OfferAnswer } from '../../src/main/http/offer.ts';
import type { Status } from '../../src/main/http/status.ts';
import type { AccessToken, GuestIn, SignedIn } from '../../src/main/access/rights.ts';
import type { MachineToken, Me, User, Visit } from '../../src/shared/access.ts';
import type { CameraInfo, StationApi, ViewerOffer } from '../../src/shared/api.ts';
import type { RemoteSettings } from '../../src/shared/settings.ts';
import type { StationState } from '../../src/shared/state.ts';
import type { StreamEvent } from '../../src/shared/stream-event.ts';

/** What is sent is never changed, which schemas don't say. */
type Frozen<T> = T extends readonly (infer Item)[]
  ? readonly Frozen<Item>[]
  : T extends object
    ? { readonly [Key in keyof T]: Frozen<T[Key]> }
    : T;

/** Each of the two can stand for the other. */
type Same<A, B> = [A] extends [B] ? ([B] extends [A] ? true : 'the schema says less') : 'the schema says more';

type Told<TSchema extends v.GenericSchema> = Frozen<v.InferOutput<TSchema>>;

/** Fails the type check where a schema and the type that it documents have parted. */
const same: {
  readonly stationState: Same<Told<typeof stationStateSchema>, StationState>;
  readonly status: Same<Told<typeof station.statusSchema>, Status>;
  readonly webrtcConfig: Same<Told<typeof station.webrtcConfigSchema>, ReturnType<StationApi['webrtcConfig']>>;
  readonly camera: Same<Told<typeof station.cameraSchema>, CameraInfo>;
  readonly streamEvent: Same<Told<typeof station.streamEventSchema>, StreamEvent>;
  readonly viewerOffer: Same<Told<typeof station.viewerOfferSchema>, ViewerOffer>;
  readonly offerAnswer: Same<Told<typeof station.offerAnswerSchema>, OfferAnswer>;
  readonly accessToken: Same<Told<typeof access.accessTokenSchema>, AccessToken>;
  readonly guestIn: Same<Told<typeof access.guestInSchema>, GuestIn>;
  readonly signedIn: Same<Told<typeof access.signedInSchema>, SignedIn>;
  readonly me: Same<Told<typeof access.meSchema>, Me>;
  readonly user: Same<Told<typeof access.userSchema>, User>;
  readonly machineToken: Same<Told<typeof access.machineTokenSchema>, MachineToken>;
  readonly addedMachineToken: Same<
    Told<typeof access.addedMachineTokenSchema>,
    MachineToken & { readonly token: string }
  >;
  readonly visit: Same<Told<typeof access.visitSchema>, Visit>;
  readonly settings: Same<Told<typeof settingsSchema>, RemoteSettings>;
} = {
  stationState: true,
  status: true,
  webrtcConfig: true,
  camera: true,
  streamEvent: true,
  viewerOffer: true,
  offerAnswer: true,
  accessToken: true,
  guestIn: true,
  signedIn: true,
  me: true,
  user: true,
  machineToken: true,
  addedMachineToken: true,
  visit: true,
  settings: true,
};

it('Every answer is documented as the type that it has, which the type check proves', () => {
  expect(Object.values(same).every(Boolean)).toBe(true);
});
