import * as v from 'valibot';
import { keysMessage } from './access.ts';
import { labIdSchema, publicKeySchema, urlText, type PublicKey } from './directory.ts';
import { plainText } from './plain-text.ts';

/** More labs than one station serves. */
export const maxTrusts = 8;

/** A directory whose tickets a station takes. */
export const trustedDirectorySchema = v.strictObject({
  name: plainText({ min: 1, max: 80 }),
  /** What the addresses of its pages begin with; they may call this station. */
  url: urlText,
  publicKey: publicKeySchema,
  /** This station's id there. */
  station: labIdSchema,
});
export type TrustedDirectory = v.InferOutput<typeof trustedDirectorySchema>;

/** The same as it is shown at the station's own screen. */
export interface TrustedLab {
  /** The thumbprint of its key (RFC 7638). */
  readonly id: string;
  readonly name: string;
  /** What the addresses of its pages begin with. */
  readonly url: string;
  /** This station's id there. */
  readonly station: string;
}

/** Which lab the station is to join, as somebody types it. */
export const labWishSchema = v.strictObject(
  {
    /** `https://` where it begins with no scheme; what follows the host and its port is not looked at. */
    url: v.pipe(urlText, v.trim()),
    /** This station's id there. */
    station: v.pipe(v.string('must be a text'), v.trim(), labIdSchema),
  },
  keysMessage,
);
export type LabWish = v.InferOutput<typeof labWishSchema>;

/** What has been compared, and is to hold. */
export const newTrustSchema = v.strictObject(
  {
    url: v.pipe(urlText, v.regex(/^https?:\/\/[^\s/?#@\\]+$/, 'must look like https://192.168.4.2:8081')),
    station: labIdSchema,
    publicKey: publicKeySchema,
  },
  keysMessage,
);
export type NewTrust = v.InferOutput<typeof newTrustSchema>;

/** What a directory told of its key. Nothing says yet that it is that directory: whoever is in between can tell another key. */
export interface ToldKey {
  /** What the addresses of its pages begin with. */
  readonly url: string;
  readonly station: string;
  readonly publicKey: PublicKey;
  /** The thumbprint of the key (RFC 7638), which the directory shows on its own page. */
  readonly id: string;
}
