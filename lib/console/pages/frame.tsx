/** @jsxRuntime automatic @jsxImportSource hono/jsx */
import type { Child } from 'hono/jsx';
import type { TextName } from '../texts/texts.ts';
import { addressWith, hrefOf, type View } from './view.ts';

interface FrameProps {
  view: View;
  title: string;
  /** The part of the console that the page belongs to. */
  here?: 'overview' | 'events' | 'bulk' | undefined;
  /** The page does not renew itself: it is a plan, or its content costs calls at the CRM. */
  isStill?: boolean;
  children?: Child;
}

/** The whole of a page: what is around its content is the same everywhere. */
export function Frame({ view, title, here, isStill = false, children }: FrameProps) {
  const { tell, language } = view;
  return (
    <html lang={language === 'zh' ? 'zh-CN' : 'en'}>
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>{`${title} · ${view.options.deployment.name}`}</title>
        <link rel="stylesheet" href="/assets/console.css" />
        <link rel="icon" href="/assets/icon.svg" />
        <script src="/assets/console.js" defer />
      </head>
      <body
        data-still={isStill ? 'yes' : undefined}
        data-lost={tell('frame.lost', { problem: tell('frame.lostConsole') })}
        data-home={hrefOf(view, [])}
      >
        <a class="skip" href="#content">
          {tell('frame.skip')}
        </a>
        <Header view={view} here={here} />
        <p id="lost" role="status" hidden />
        <main id="content" tabindex={-1}>
          {children}
        </main>
        <footer>
          <p class="soft">
            {isStill ? null : tell('frame.live')} <span class="keys">{tell('frame.keys')}</span>
          </p>
        </footer>
      </body>
    </html>
  );
}

function Header({ view, here }: Pick<FrameProps, 'view' | 'here'>) {
  const { tell } = view;
  return (
    <header>
      <div class="bar">
        <a class="brand" href={hrefOf(view, [])}>
          {tell('frame.title')}
        </a>
        <Where view={view} />
        <a class="language" href={addressWith(view.address, { lang: view.language === 'zh' ? 'en' : 'zh' })}>
          {tell('frame.otherLanguage')}
        </a>
      </div>
      <div class="bar">
        <nav aria-label={tell('frame.title')}>
          <Tab view={view} to={[]} is={here === 'overview'} name="frame.overview" />
          <Tab view={view} to={['events']} is={here === 'events'} name="frame.events" />
          <Tab view={view} to={['bulk']} is={here === 'bulk'} name="frame.bulk" />
        </nav>
        <Find view={view} />
      </div>
    </header>
  );
}

/** Which deployment this is, always in sight: nothing is done to the wrong one unseen. */
function Where({ view }: { view: View }) {
  const { tell, options, tenant } = view;
  const { name, account, region, tenants } = options.deployment;
  return (
    <div class="where">
      <strong class={account === undefined ? 'env' : 'env real'}>{name}</strong>
      <span>
        {account === undefined ? tell('frame.onThisMachine') : tell('frame.account', { account, region: region ?? '' })}
      </span>
      {tenants.length > 1 ? (
        tenants.map((one) => <TenantLink tenant={one} is={one === tenant} />)
      ) : (
        <span>{tenant}</span>
      )}
      <span class={options.allowActions ? 'mode acts' : 'mode'}>
        {options.allowActions ? tell('frame.mayAct', { operator: options.operator }) : tell('frame.readOnly')}
      </span>
    </div>
  );
}

const TenantLink = ({ tenant, is }: { tenant: string; is: boolean }) => (
  <a href={hrefOf({ tenant }, [])} aria-current={is ? 'true' : undefined}>
    {tenant}
  </a>
);

const Tab = ({ view, to, is, name }: { view: View; to: string[]; is: boolean; name: TextName }) => (
  <a href={hrefOf(view, to)} aria-current={is ? 'page' : undefined}>
    {view.tell(name)}
  </a>
);

const Find = ({ view }: { view: View }) => (
  // biome-ignore lint/a11y/useSemanticElements: <search> is too new for the browsers of some offices.
  <form class="find" role="search" action={hrefOf(view, ['find'])}>
    <input
      id="find"
      name="q"
      type="search"
      aria-label={view.tell('frame.search')}
      placeholder={view.tell('frame.search')}
    />
    <button type="submit">{view.tell('frame.find')}</button>
  </form>
);
