import type { Source } from '../../shared/source.ts';
import type { DetectorInfo, Engine, PixelReading, SourceFault } from '../../shared/state.ts';
import type { Frame, VideoFrame } from '../station/frame.ts';
import type { RenditionSpec } from '../station/ports.ts';

/** Which engine the configuration asks for; `auto` prefers native. */
export type EngineChoice = 'auto' | Engine;

/** What the station tells a Capture process. The first message is always `start`. */
export type ToCapture =
  | { readonly kind: 'start'; readonly source: Source; readonly engine: EngineChoice }
  | { readonly kind: 'openRendition'; readonly spec: RenditionSpec }
  | { readonly kind: 'adjustRendition'; readonly spec: RenditionSpec }
  | { readonly kind: 'closeRendition'; readonly id: string }
  /** A picture of a publisher, to be decoded: only where the Source is `published`. */
  | { readonly kind: 'decode'; readonly frame: VideoFrame }
  | { readonly kind: 'keyframe'; readonly renditionId: string }
  | { readonly kind: 'stop' };

/** What a Capture process tells the station. After `failed` it ends. */
export type FromCapture =
  | { readonly kind: 'detector'; readonly info: DetectorInfo; readonly canKeyframeOnDemand: boolean }
  | { readonly kind: 'reading'; readonly reading: PixelReading }
  | { readonly kind: 'frame'; readonly renditionId: string; readonly frame: Frame }
  | { readonly kind: 'failed'; readonly fault: SourceFault };
