import * as v from 'valibot';
import { parameterEntries, protocols } from './names.ts';

const textMessage = (name: string) => `"${name}" must be a text`;
const text = (name: string) => v.nullish(v.string(textMessage(name)));

const detector = { detectorName: text('detectorName') };
const protocol = {
  protocol: v.nullish(
    v.pipe(
      v.string(textMessage('protocol')),
      v.picklist(protocols, `"protocol" must be one of ${protocols.join(', ')}`),
    ),
  ),
};

const flagMessage = '"startStream" must be true or false';
const flags = { true: true, '1': true, yes: true, on: true, false: false, '0': false, no: false, off: false };
/** A boolean, as FastAPI reads it from a query. */
const flag = v.pipe(
  v.string(flagMessage),
  v.transform((text) => text.toLowerCase()),
  v.picklist(Object.keys(flags) as (keyof typeof flags)[], flagMessage),
  v.transform((word) => flags[word]),
);

const candidateParts = {
  sdpMid: text('sdpMid'),
  usernameFragment: text('usernameFragment'),
  /** What is no number counts as none. */
  sdpMLineIndex: v.fallback(v.nullish(v.number()), null),
};
/** A candidate as browsers serialise it. */
export const candidateObject = v.object({ candidate: text('candidate'), ...candidateParts });
export type CandidateObject = v.InferOutput<typeof candidateObject>;

/** What the calls of ImSwitch are given, in the query or in the body. Whatever else is there is passed over. */
export const nothing = v.object({});
export const aDetector = v.object(detector);
export const aProtocol = v.object(protocol);
export const aLiveView = v.object({ ...detector, ...protocol });
export const aLiveViewWithParameters = v.object({
  ...detector,
  ...protocol,
  ...parameterEntries,
  params: v.nullish(v.object(parameterEntries, '"params" must be an object')),
});
export const aProtocolWithParameters = v.object({ ...protocol, ...parameterEntries });
export const aStream = v.object({ ...detector, startStream: v.optional(flag, 'true') });
export const anOffer = v.object({ ...detector, sdp: text('sdp'), sdp_type: text('sdp_type'), type: text('type') });
/** The candidate as its JSON text, or as its bare line with the rest beside it. */
export const aCandidateText = v.object({ ...detector, ...candidateObject.entries });
export const aCandidate = v.object({
  ...detector,
  ...candidateParts,
  candidate: v.nullish(v.union([v.string(), candidateObject], '"candidate" must be a text or an object')),
});
