import type { SourceFault } from '../../../shared/state.ts';
import type { EngineChoice } from '../protocol.ts';
import type { EngineParts } from './engine.ts';
import { findFfmpegEngine } from './ffmpeg/engine.ts';
import { loadNativeEngine } from './native/engine.ts';

export type ChosenEngine = { readonly engine: EngineParts } | { readonly fault: SourceFault };

/** Loads the engine that is asked for; `auto` takes the ffmpeg program where the native module can't be loaded. */
export async function chooseEngine(choice: EngineChoice): Promise<ChosenEngine> {
  const problems: string[] = [];
  if (choice !== 'ffmpeg') {
    try {
      return { engine: await loadNativeEngine() };
    } catch (error) {
      problems.push(`the native module can't be loaded (${firstLine(error)})`);
    }
  }
  if (choice !== 'native') {
    const engine = await findFfmpegEngine();
    if (engine) return { engine };
    problems.push('there is no ffmpeg program');
  }
  const detail = `No engine to encode with: ${problems.join(', and ')}. Install ffmpeg, or run npm ci again.`;
  return { fault: { reason: 'no_engine', detail } };
}

function firstLine(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return message.split('\n', 1)[0] ?? '';
}
