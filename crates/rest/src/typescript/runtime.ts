export type Json = null | boolean | number | string | Json[] | JsonObject;
export interface JsonObject { [name: string]: Json | undefined }
export type Key = string | number;

/** What stands for related entities, pictures and blobs until they are asked for. */
export interface Deferred { __deferred: { uri: string; __KEY?: string; image?: boolean } }
/** The answer of `upload`, as the value of a picture or blob. */
export interface Upload { ID: string }
export interface Entity { readonly __KEY: string; readonly __STAMP: number; readonly __TIMESTAMP?: string }
/** With a key an entity is updated, without one it is created. */
export interface EntityInput { __KEY?: Key; __STAMP?: number }
export interface Page<E> {
  __ENTITYSET?: string;
  __COUNT: number;
  __FIRST: number;
  __SENT: number;
  __ENTITIES: E[];
}
/** An entity as an argument: changed in memory, not saved. */
export type EntityArgument<I> = I & { __ENTITY: true; __DATACLASS: string };
/** An entity set as an argument. */
export interface SelectionArgument { __ENTITIES: true; __DATASET: string }

export interface Options {
  filter?: string;
  /** The values of `:1`, `:2` … in the filter. */
  params?: Json[];
  orderby?: string;
  skip?: number;
  top?: number;
  attributes?: string;
  expand?: string;
  /** Keep the selection on the server; `__ENTITYSET` tells its address. */
  entitySet?: boolean;
}

export interface ServerError { message: string; componentSignature: string; errCode: number }

/** A refusal of the server. */
export class RequestError extends Error {
  constructor(readonly status: number, readonly errors: ServerError[]) {
    super(errors.map((error) => error.message).join("; ") || `HTTP status ${status}`);
    this.name = "RequestError";
  }
}

/**
 * Sends requests. In a browser the session's cookie is the browser's business; elsewhere it is kept here.
 */
export class Transport {
  private cookie = "";

  constructor(
    private readonly base: string,
    private readonly send: typeof fetch = (input, init) => fetch(input, init),
  ) {}

  async request(method: string, path: string, body?: BodyInit): Promise<unknown> {
    const headers: Record<string, string> = this.cookie ? { cookie: this.cookie } : {};
    const url = `${this.base.replace(/\/$/, "")}/rest/${path}`;
    const answer = await this.send(url, { method, headers, body: body ?? null, credentials: "same-origin" });
    const cookie = answer.headers.get("set-cookie");
    if (cookie) this.cookie = cookie.split(";")[0] ?? "";
    const text = await answer.text();
    let value: unknown = text;
    try { value = JSON.parse(text); } catch { /* the answer of a function may be anything */ }
    if (!answer.ok) throw new RequestError(answer.status, errorsOf(value));
    return value;
  }

  /** Calls a function: its arguments are an array, and most results come wrapped. */
  async call<R>(path: string, name: string, args: readonly unknown[]): Promise<R> {
    const body = JSON.stringify(args.map((value) => (value === undefined ? null : value)));
    const answer = await this.request("POST", `${path}/${name}`, body);
    const isWrapped = typeof answer === "object" && answer !== null && "result" in answer;
    return (isWrapped ? (answer as { result: unknown }).result : answer) as R;
  }

  /** Uploads a file; its answer is the value of a picture or blob. */
  async upload(content: BodyInit, kind: "picture" | "blob"): Promise<Upload> {
    const option = kind === "picture" ? "$rawPict=true" : "$binary=true";
    return (await this.request("POST", `$upload?${option}`, content)) as Upload;
  }

  async logout(): Promise<void> {
    await this.request("POST", "$directory/logout");
  }
}

function errorsOf(value: unknown): ServerError[] {
  if (typeof value !== "object" || value === null) return [];
  const answer = value as { __ERROR?: ServerError[]; __ENTITIES?: { __ERROR?: ServerError[] }[] };
  return answer.__ERROR ?? (answer.__ENTITIES ?? []).flatMap((entity) => entity.__ERROR ?? []);
}

function query(options: Options = {}): string {
  const parts: string[] = [];
  const add = (name: string, value: string) => parts.push(`${name}=${encodeURIComponent(value)}`);
  if (options.filter !== undefined) add("$filter", `"${options.filter}"`);
  if (options.params !== undefined) add("$params", JSON.stringify(options.params));
  if (options.orderby !== undefined) add("$orderby", options.orderby);
  if (options.skip !== undefined) add("$skip", String(options.skip));
  if (options.top !== undefined) add("$top", String(options.top));
  if (options.attributes !== undefined) add("$attributes", options.attributes);
  if (options.expand !== undefined) add("$expand", options.expand);
  if (options.entitySet) add("$method", "entityset");
  return parts.length ? `?${parts.join("&")}` : "";
}

/** The entities of one dataclass. */
export class DataClass<E, I extends EntityInput> {
  constructor(protected readonly client: Transport, protected readonly name: string) {}

  private path(key: Key): string {
    return `${this.name}[${encodeURIComponent(JSON.stringify(key))}]`;
  }

  async query(options?: Options): Promise<Page<E>> {
    return (await this.client.request("GET", this.name + query(options))) as Page<E>;
  }

  /** A further page of an entity set. */
  async page(entitySet: string, options?: Options): Promise<Page<E>> {
    const id = entitySet.split("/").pop() ?? "";
    return (await this.client.request("GET", `${this.name}/$entityset/${id}${query(options)}`)) as Page<E>;
  }

  async get(key: Key, options?: Pick<Options, "attributes" | "expand">): Promise<E> {
    return (await this.client.request("GET", this.path(key) + query(options))) as E;
  }

  async save(entity: I): Promise<E> {
    return (await this.client.request("POST", `${this.name}?$method=update`, JSON.stringify(entity))) as E;
  }

  async drop(key: Key): Promise<void> {
    await this.client.request("POST", `${this.path(key)}?$method=delete`);
  }

  protected onClass<R>(name: string, args: unknown[]): Promise<R> {
    return this.client.call(this.name, name, args);
  }

  protected onEntity<R>(key: Key, name: string, args: unknown[]): Promise<R> {
    return this.client.call(this.path(key), name, args);
  }

  protected onSelection<R>(options: Options | undefined, name: string, args: unknown[]): Promise<R> {
    return this.client.call(this.name, name + query(options), args);
  }
}
