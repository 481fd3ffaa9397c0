import type { EngineParts } from '../engine.ts';

/**
 * FFmpeg as a native module in this process. Rejects where the module can't be loaded: no prebuilt binary for the
 * machine, or a system library is missing.
 */
export async function loadNativeEngine(): Promise<EngineParts> {
  const [{ AV_LOG_FATAL }, { Log }, { openNativeEncoder }, { openNativeReader }, { openNativeDecoder }] =
    await Promise.all([
      import('node-av/constants'),
      import('node-av/lib'),
      import('./encoder.ts'),
      import('./reader.ts'),
      import('./published.ts'),
    ]);
  // Encoders tell their settings and statistics at every opening; only errors are worth a line in the log.
  Log.setLevel(AV_LOG_FATAL);
  return {
    name: 'native',
    canKeyframeOnDemand: true,
    openReader: openNativeReader,
    openDecoder: openNativeDecoder,
    openEncoder: openNativeEncoder,
  };
}
