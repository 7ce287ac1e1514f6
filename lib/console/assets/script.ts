/**
 * The pages' own script: renews the page while it is in front, and takes keys. Every page reads and works without it.
 * A page that holds what a person is typing or has chosen is left alone.
 */
export const SCRIPT = `'use strict';
const EVERY_MS = 5000;
const ANSWER_MS = 30000;
const lost = document.getElementById('lost');
const isBusy = () => {
  const at = document.activeElement;
  const isTyping = at !== null && at.closest('main') !== null && /^(INPUT|SELECT|TEXTAREA)$/.test(at.tagName);
  const isChosen = document.querySelector('main input[type=checkbox]:checked') !== null;
  return isTyping || isChosen || String(window.getSelection()) !== '';
};
const isStill = document.body.dataset.still === 'yes';

let isAsking = false;
async function renew() {
  if (document.hidden || isStill || isAsking || isBusy()) return;
  isAsking = true;
  try {
    const signal = AbortSignal.timeout(ANSWER_MS);
    const answer = await fetch(location.href, { headers: { accept: 'text/html' }, cache: 'no-store', signal });
    const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
    const next = page.getElementById('content');
    const main = document.getElementById('content');
    if (next === null || isBusy()) return;
    keepOpen(main, next);
    if (next.innerHTML !== main.innerHTML) main.replaceChildren(...next.childNodes);
    document.title = page.title;
    lost.hidden = true;
  } catch {
    lost.textContent = document.body.dataset.lost;
    lost.hidden = false;
  } finally {
    isAsking = false;
  }
}

function keepOpen(from, to) {
  const now = [...from.querySelectorAll('details')].map((one) => one.open);
  [...to.querySelectorAll('details')].forEach((one, index) => { one.open = now[index] === true; });
  const [old, tree] = [from.querySelector('.tree'), to.querySelector('.tree')];
  if (old && tree && old.innerHTML === tree.innerHTML) tree.replaceWith(old);
}

let before = '';
document.addEventListener('keydown', (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || /^(INPUT|SELECT|TEXTAREA)$/.test(event.target.tagName)) return;
  const home = document.body.dataset.home;
  const to = { o: home, e: home + '/events', b: home + '/bulk' }[event.key];
  if (before === 'g' && to !== undefined) location.assign(to);
  if (event.key === '/') { event.preventDefault(); document.getElementById('find').focus(); }
  before = event.key;
});

document.addEventListener('submit', (event) => {
  for (const field of event.target.querySelectorAll('input, select'))
    if (event.target.method === 'get' && field.value === '') field.disabled = true;
});

setInterval(renew, EVERY_MS);
document.addEventListener('visibilitychange', renew);
`;
