import { useEventListener } from '@vueuse/core';
import type { Ref } from 'vue';
import { useCall } from '../stores/call.ts';
import { useDrawing } from '../stores/drawing.ts';
import { usePanel } from '../stores/panel.ts';
import { useWall } from '../stores/wall.ts';
import { isField } from './use-keys.ts';

/**
 * The keys of another station's pictures, heard before the page around them hears them.
 * @param root What they are shown in; keys that are meant for something else stay with the page.
 */
export function useLabKeys(root: Readonly<Ref<HTMLElement | null>>): void {
  const call = useCall();
  const drawing = useDrawing();
  const panel = usePanel();
  const wall = useWall();

  /** What was begun last is left first. @returns False where nothing is left but the station itself. */
  function leaveOne(): boolean {
    if (drawing.isOn) drawing.isOn = false;
    else if (panel.isOpen) panel.close();
    else if (wall.focused) wall.focus(null);
    // Whoever leaves the station hangs up, and does not do that by pressing Escape once too often.
    else return call.session !== null;
    return true;
  }

  function press(event: KeyboardEvent): boolean {
    if (event.key === 'Escape') return leaveOne();
    if (event.key !== 'Delete' || isField(event.target)) return false;
    drawing.clear();
    return true;
  }

  useEventListener(document, 'keydown', (event: KeyboardEvent) => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
    const { target } = event;
    const isMeant = target === document.body || (target instanceof Node && root.value?.contains(target));
    if (isMeant && !document.querySelector('dialog[open]') && press(event)) event.preventDefault();
  });
}
