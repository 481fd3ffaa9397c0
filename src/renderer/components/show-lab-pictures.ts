import { createPinia, disposePinia } from 'pinia';
import { createApp } from 'vue';
import { createWords, type Language } from '../locales/i18n.ts';
import type { Connection } from '../station/connect.ts';
import { connectionKey } from '../stores/connection.ts';
import LabPictures from './LabPictures.vue';

/**
 * Shows the pictures of another station within the page, as an app of its own: what is known of that station and of this one never mix.
 * @returns A function that ends it.
 */
export function showLabPictures(connection: Connection, place: Element, language: Language): () => void {
  const pinia = createPinia();
  const app = createApp(LabPictures).provide(connectionKey, connection).use(pinia).use(createWords(language));
  app.mount(place);
  return () => {
    app.unmount();
    disposePinia(pinia);
  };
}
