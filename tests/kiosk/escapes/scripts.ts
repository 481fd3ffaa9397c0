import { inPage } from './escape.ts';

/** Scripts that are not the program's own. */
export const scripts = [
  inPage('a script made of a text', runEval, /EvalError/),
  inPage('a function made of a text', runFunction, /EvalError/),
  inPage('a script of another site', (elsewhere) => import(`${elsewhere}x.js`).then(String), /^threw /),
  inPage('a module made of data', () => import(`data:text/javascript,${'export default 1'}`).then(String), /^threw /),
  inPage(
    'a script written into the page',
    () => {
      const script = document.createElement('script');
      script.textContent = 'document.documentElement.dataset.escaped = "yes"';
      document.head.append(script);
      return document.documentElement.dataset['escaped'] ?? 'not run';
    },
    'not run',
  ),
  inPage(
    'a worker',
    () => {
      const worker = new Worker(URL.createObjectURL(new Blob(['postMessage("runs")'])));
      return new Promise((resolve) => {
        worker.onmessage = ({ data }) => resolve(data);
        worker.onerror = () => resolve('not run');
      });
    },
    /not run|^threw/,
  ),
  inPage('a service worker', () => navigator.serviceWorker.register('/index.js').then(String), /^threw /),
];

/** What is on the network. */
export const network = [
  inPage('a request to another site', (elsewhere) => fetch(elsewhere).then(String), /^threw .*Failed to fetch/),
  inPage(
    'a request to the machine itself',
    () => fetch('http://127.0.0.1:1/').then(String),
    /^threw .*Failed to fetch/,
  ),
  inPage(
    'a socket',
    () => {
      const socket = new WebSocket('ws://127.0.0.1:1/');
      return new Promise((resolve) => (socket.onerror = () => resolve('refused')));
    },
    'refused',
  ),
  inPage(
    'a picture of another site',
    (elsewhere) => {
      const image = new Image();
      image.src = `${elsewhere}x.png`;
      return new Promise((resolve) => (image.onerror = () => resolve('refused')));
    },
    'refused',
  ),
];

/** Later, because what the tests run themselves is above the content security policy. */
function runEval(): Promise<unknown> {
  return new Promise((resolve, reject) => {
    setTimeout(() => {
      try {
        resolve(Reflect.apply(eval, null, ['1']));
      } catch (error) {
        reject(error instanceof Error ? error : new Error('thrown'));
      }
    });
  });
}

function runFunction(): Promise<unknown> {
  return new Promise((resolve, reject) => {
    setTimeout(() => {
      try {
        resolve(Reflect.construct(Function, ['return 1']));
      } catch (error) {
        reject(error instanceof Error ? error : new Error('thrown'));
      }
    });
  });
}
