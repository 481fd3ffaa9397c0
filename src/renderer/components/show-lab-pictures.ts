import { createPinia, disposePinia } from 'pinia';
import { createApp, watch, type Ref } from 'vue';
import { createWords, type Language } from '../locales/i18n.ts';
import type { Connection } from '../station/connect.ts';
import { connectionKey } from '../stores/connection.ts';
import { oneCallKey, type OneCall } from '../stores/one-call.ts';
import LabPictures from './LabPictures.vue';

/** What the app around it shares with it. */
export interface Around {
  readonly language: Readonly<Ref<Language>>;
  readonly oneCall: OneCall;
}

/**
 * Shows the pictures of another station within the page, as an app of its own: what is known of that station and of this one never mix.
 * @returns A function that ends it, and with it a call there.
 */
export function showLabPictures(connection: Connection, place: Element, { language, oneCall }: Around): () => void {
  const pinia = createPinia();
  const words = createWords(language.value);
  const app = createApp(LabPictures).provide(connectionKey, connection).provide(oneCallKey, oneCall);
  app.use(pinia).use(words).mount(place);
  // An app that began anew for another language would hang up.
  const stopListening = watch(language, (chosen) => (words.global.locale.value = chosen));
  return () => {
    stopListening();
    app.unmount();
    disposePinia(pinia);
  };
}
