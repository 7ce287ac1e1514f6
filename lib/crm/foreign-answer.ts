import { isJsonObject, jsonIn } from '../json.ts';
import type { CrmResponse } from './client.ts';

/**
 * Whether an answer is a page: HTML or XML, whatever its content type says. Such an answer is a proxy's, a login page's
 * or a framework's, and not the word of a receiver that speaks JSON. Frameworks label empty and plain answers
 * `text/html`, so the content type alone says nothing.
 */
export const isPage = ({ text }: Pick<CrmResponse, 'text'>): boolean => text.trimStart().startsWith('<');

// What gateways and frameworks say when no route leads to the receiver: Go, Traefik, ingress-nginx, Kong, API Gateway,
// Spring, NestJS, Fastify, Laravel, FastAPI, Azure API Management, Apigee. "Contact not found" is the receiver's word.
const NO_ROUTE = [
  /^(404:? )?((page|resource|path|url|api) )?not[ _-]?found\.?$/i,
  /\broute\b.*\bfound|no route|no such (page|route)|no static resource|cannot (post|get|put) \//i,
  /default backend|upstream|unable to (identify|resolve)|missing authentication token/i,
];
const TEXTS = ['message', 'detail', 'error', 'title', 'msg', 'reason', 'faultstring'];

/**
 * Whether a 404 says that there is no such page, rather than that the receiver does not know a contact: a page, a plain
 * text, or JSON with nothing but a gateway's or framework's own words. An empty body, and JSON with a `code`, are the
 * receiver's word.
 */
export function isNoRoute(response: CrmResponse): boolean {
  const text = response.text.trim();
  if (text === '') return isEnvoysOwn(response);
  const body = jsonIn(text);
  if (!isJsonObject(body)) return true;
  if (typeof body.code === 'string') return false;
  return [body, ...Object.values(body).filter(isJsonObject)]
    .flatMap((object) => TEXTS.map((name) => object[name]))
    .some((one) => typeof one === 'string' && NO_ROUTE.some((pattern) => pattern.test(one.trim())));
}

// Envoy adds this header to each answer of what stands behind it (https://www.envoyproxy.io/docs/envoy/latest/configuration/http/http_filters/router_filter).
const isEnvoysOwn = ({ headers }: CrmResponse) =>
  /envoy/.test(headers.get('server') ?? '') && !headers.has('x-envoy-upstream-service-time');
