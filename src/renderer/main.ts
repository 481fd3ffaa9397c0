import '@fontsource-variable/inter/index.css';
import './styles/tokens.css';
import './styles/base.css';
import './styles/forms.css';
import { preferredLanguage } from './locales/i18n.ts';
import { showPage } from './page.ts';
import { connect } from './station/connect.ts';

const place = document.querySelector('#app');
if (place) showPage(connect(window), place, preferredLanguage(navigator.languages));
