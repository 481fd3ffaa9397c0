import { element, form, inPage } from './escape.ts';

/** Other pages in the place of the wall. */
export const navigations = [
  inPage('a script that goes to another site', (elsewhere) => (window.location.href = elsewhere)),
  inPage('a script that replaces the address', (elsewhere) => window.location.replace(elsewhere)),
  inPage('a script that assigns the address', (elsewhere) => window.location.assign(elsewhere)),
  inPage('the navigation API', (elsewhere) => void window.navigation.navigate(elsewhere).finished?.catch(() => 0)),
  inPage('a file of the machine', () => (window.location.href = 'file:///etc/passwd')),
  inPage('a page made of data', () => (window.location.href = 'data:text/html,<h1>out</h1>')),
  inPage('an address that is a script', () => (window.location.href = 'javascript:document.body.remove()')),
  inPage('an empty page', () => (window.location.href = 'about:blank')),
  inPage('a page made of a blob', () => {
    window.location.href = URL.createObjectURL(new Blob(['<h1>out</h1>'], { type: 'text/html' }));
  }),
  inPage('another host of our own scheme', () => (window.location.href = 'app://other/')),
  inPage('another page of our own', () => (window.location.href = '/safe.html')),
  inPage('a page of Chromium itself', () => (window.location.href = 'chrome://gpu')),
  inPage('the source of the page', () => (window.location.href = 'view-source:app://eyepiece/')),
  inPage('an e-mail', () => (window.location.href = 'mailto:someone@elsewhere.example')),
  inPage('a program of the system', () => (window.location.href = 'ms-settings:')),
  inPage('the way back', () => window.history.back()),
  inPage('a long way back', () => window.history.go(-3)),
  element('a link', '<a href="https://elsewhere.example/">out</a>', 'click'),
  element('a link for a new window', '<a href="https://elsewhere.example/" target="_blank">out</a>', 'click'),
  element('a link for the whole window', '<a href="https://elsewhere.example/" target="_top">out</a>', 'click'),
  element('a link to a script', '<a href="javascript:alert(1)">out</a>', 'click'),
  form('a form', '<form action="https://elsewhere.example/"><input name="a" /></form>'),
  form('a form that posts', '<form method="post" action="https://elsewhere.example/"></form>'),
  form('a form for a new window', '<form target="_blank" action="/"></form>'),
  element('a refresh in the head', '<meta http-equiv="refresh" content="0;url=https://elsewhere.example/" />'),
  element('another base', '<base href="https://elsewhere.example/" target="_blank" />'),
  inPage('a question whether the page may be left', () => {
    window.addEventListener('beforeunload', (event) => event.preventDefault(), { once: true });
    window.location.href = 'https://elsewhere.example/';
  }),
];

/** Other pages beside the wall, and in it. */
export const windows = [
  inPage('a new window', (elsewhere) => window.open(elsewhere) === null, true),
  inPage('a new empty window', () => window.open('about:blank') === null, true),
  inPage('a small window', (elsewhere) => window.open(elsewhere, 'x', 'popup,width=200,height=200') === null, true),
  inPage('a window without an opener', (elsewhere) => window.open(elsewhere, '_blank', 'noopener') === null, true),
  inPage('a window for this address', () => window.open(window.location.href) === null, true),
  inPage('a window in this place', (elsewhere) => void window.open(elsewhere, '_self')),
  element('a frame', '<iframe src="https://elsewhere.example/"></iframe>'),
  element('a frame with the wall in it', '<iframe src="/"></iframe>'),
  element('a frame with its own text', '<iframe srcdoc="<script>top.location=`https://elsewhere.example/`</script>">'),
  element('an object', '<object data="https://elsewhere.example/"></object>'),
  element('an embedded thing', '<embed src="https://elsewhere.example/" />'),
  element('a webview', '<webview src="https://elsewhere.example/"></webview>'),
];

/** Windows of Chromium's own. */
export const dialogs = [
  inPage('an alert', () => window.alert('Hello'), undefined),
  inPage('a question', () => window.confirm('Leave?'), false),
  inPage('a question for a text', () => String(window.prompt('Where to?')), 'null'),
];
