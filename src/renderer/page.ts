import { createPinia, disposePinia } from 'pinia';
import { createApp } from 'vue';
import App from './App.vue';
import { createWords, type Language } from './locales/i18n.ts';
import type { Connection } from './station/connect.ts';
import { connectionKey } from './stores/connection.ts';
import { OneCall, oneCallKey } from './stores/one-call.ts';

/**
 * Shows the page, and shows it anew whenever the station lets it in or shuts it out: whoever comes next finds nothing of who was
 * here before.
 * @returns A function that ends it.
 */
export function showPage(connection: Connection, place: Element, language: Language): () => void {
  let end = start();
  const stopListening = connection.pass?.onChange(() => {
    end();
    end = start();
  });

  function start(): () => void {
    const pinia = createPinia();
    const app = createApp(App).provide(connectionKey, connection).provide(oneCallKey, new OneCall());
    app.use(pinia).use(createWords(language));
    app.mount(place);
    return () => {
      app.unmount();
      disposePinia(pinia);
    };
  }

  return () => {
    stopListening?.();
    end();
  };
}
