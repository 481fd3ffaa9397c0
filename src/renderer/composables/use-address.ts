import { useEventListener } from '@vueuse/core';
import { watch } from 'vue';
import { useConnection } from '../stores/connection.ts';
import { useLab } from '../stores/lab.ts';
import { useStation } from '../stores/station.ts';
import { useWall } from '../stores/wall.ts';
import { addressOf, labAddressOf, labViewOf, viewOf } from './address.ts';

/**
 * Shows what the address names, and lets it follow what is shown, so that it can be linked to and the browser's Back leaves a picture
 * that is alone, or the lab. The kiosk's page has one address.
 */
export function useAddress(): void {
  if (useConnection().place.kiosk) return;
  const station = useStation();
  const wall = useWall();
  const lab = useLab();
  let isGoingBack = false;

  const current = (): string => location.pathname + location.search + location.hash;

  /** Null while it must stay as it is: nothing is shown yet, or what it names is not there. */
  function wanted(): string | null {
    return labAddressOf(lab.wanted) ?? (station.state && !wall.isLinkBroken ? addressOf(wall.view) : null);
  }

  function replace(address: string): void {
    history.replaceState(history.state, '', address);
  }

  function follow(): void {
    const view = labViewOf(location);
    lab.show(view);
    // Behind the lab the wall stays as it was left.
    if (view.kind === 'closed') wall.show(viewOf(location));
  }

  follow();
  useEventListener(window, 'popstate', () => {
    // We are back where the picture was chosen, and the layout may be another one by now.
    if (isGoingBack) replace(wanted() ?? current());
    else follow();
    isGoingBack = false;
  });
  watch(wanted, (address) => {
    if (address === null || address === current()) return;
    const { kind: labBefore } = labViewOf(location);
    const { kind: labNow } = lab.wanted;
    const wasAlone = viewOf(location).kind === 'alone';
    const isAlone = wall.view.kind === 'alone';
    if (labBefore !== labNow) history.pushState(null, '', address);
    // Of another station in the same calendar.
    else if (labNow !== 'closed') replace(address);
    else if (isAlone && !wasAlone) history.pushState({ isOfPicture: true }, '', address);
    else if (!isAlone && isOfPicture(history.state)) {
      isGoingBack = true;
      history.back();
    } else replace(address);
  });
}

/** Entries of others, such as a link into this page, must not be left by us. */
function isOfPicture(state: unknown): boolean {
  return typeof state === 'object' && state !== null && 'isOfPicture' in state;
}
