import { defineAsyncComponent, type Component } from 'vue';
import { debug } from '../station/debug.ts';
import PartLoading from './PartLoading.vue';
import PartMissing from './PartMissing.vue';

/** Before that, whoever has opened it sees nothing but the part itself. */
const quietMs = 200;
/** What was lost on the way is there at the second try. */
const triesWhereAnswered = 2;
const tryAgainMs = 2_000;

/**
 * A part of the page that is loaded when it is opened first, so that the first picture need not wait for it. As long as the station does not
 * answer it is tried again; where it answers and has no such file, the page is from before an update, and has to be loaded anew.
 */
export function loadLater<T extends Component>(load: () => Promise<{ default: T }>): T {
  let tries = 0;
  return defineAsyncComponent<T>({
    loader: async () => (await load()).default,
    loadingComponent: PartLoading,
    errorComponent: PartMissing,
    delay: quietMs,
    onError(error, retry, fail) {
      debug('A part of the page did not load.', error);
      void stationAnswers().then((isThere) => {
        if (isThere) tries += 1;
        if (tries >= triesWhereAnswered) fail();
        else setTimeout(retry, tryAgainMs);
      });
    },
  });
}

async function stationAnswers(): Promise<boolean> {
  try {
    const signal = AbortSignal.timeout(tryAgainMs);
    return (await fetch(new URL('/healthz', location.href), { cache: 'no-store', signal })).ok;
  } catch (error) {
    debug('The station does not answer.', error);
    return false;
  }
}
