import '@fontsource-variable/inter/index.css';
import './styles/tokens.css';
import './styles/base.css';
import { createPinia } from 'pinia';
import { createApp } from 'vue';
import App from './App.vue';
import { createWords, preferredLanguage } from './locales/i18n.ts';
import { connect } from './station/connect.ts';
import { connectionKey } from './stores/connection.ts';

createApp(App)
  .provide(connectionKey, connect(window))
  .use(createPinia())
  .use(createWords(preferredLanguage(navigator.languages)))
  .mount('#app');
