// Reads a catalog with Backstage's own client, and prints what it got as one JSON document.
// Usage: node read_catalog.cjs BASE_URL TOKEN
const { CatalogClient } = require('@backstage/catalog-client');
const { stringifyEntityRef } = require('@backstage/catalog-model');

const [baseUrl, token] = process.argv.slice(2);
const catalog = new CatalogClient({ discoveryApi: { getBaseUrl: async () => baseUrl } });
const options = { token };
const refs = entities => entities.map(entity => entity && stringifyEntityRef(entity));

async function pages() {
  const order = { field: 'metadata.name', order: 'asc' };
  const found = [];
  let page = await catalog.queryEntities({ filter: { kind: 'component' }, orderFields: order, limit: 3 }, options);
  found.push(refs(page.items));
  while (page.pageInfo.nextCursor) {
    page = await catalog.queryEntities({ cursor: page.pageInfo.nextCursor, limit: 3 }, options);
    found.push(refs(page.items));
  }
  const back = await catalog.queryEntities({ cursor: page.pageInfo.prevCursor, limit: 3 }, options);
  return { found, total: page.totalItems, back: refs(back.items) };
}

async function predicate() {
  const query = { $all: [{ kind: 'component' }, { 'spec.owner': { $in: ['payments'] } }] };
  const first = await catalog.queryEntities({ query, limit: 2 }, options);
  const second = await catalog.queryEntities({ cursor: first.pageInfo.nextCursor, limit: 2 }, options);
  return refs([...first.items, ...second.items]);
}

async function streamed() {
  const found = [];
  for await (const some of catalog.streamEntities({ filter: [{ kind: 'group' }, { kind: 'user' }], pageSize: 2 }, options)) {
    found.push(...refs(some));
  }
  return found;
}

async function places() {
  const found = [];
  for await (const some of catalog.streamLocations({ limit: 4 }, options)) {
    found.push(...some.map(place => place.target));
  }
  return found;
}

async function refused() {
  try {
    await catalog.getEntities({ order: { field: 'metadata.name', order: 'up' } }, options);
    return 'taken';
  } catch (error) {
    return { name: error.body.error.name, status: error.statusCode };
  }
}

async function main() {
  const one = await catalog.getEntityByRef('component:default/payments-api', options);
  const asked = { entityRefs: ['component:default/payments-api', 'component:default/nothing'], fields: ['kind'] };
  return {
    one,
    nothing: (await catalog.getEntityByRef('component:default/nothing', options)) ?? null,
    filtered: refs((await catalog.getEntities({ filter: { 'spec.owner': 'checkout' }, order: { field: 'metadata.name', order: 'desc' } }, options)).items),
    page: refs((await catalog.getEntities({ filter: { kind: 'component' }, limit: 2, offset: 1 }, options)).items),
    byRefs: (await catalog.getEntitiesByRefs(asked, options)).items.map(entity => entity ?? null),
    facets: (await catalog.getEntityFacets({ facets: ['kind'], filter: { kind: ['group', 'component'] } }, options)).facets,
    ancestors: (await catalog.getEntityAncestors({ entityRef: 'group:default/payments' }, options)).rootEntityRef,
    place: await catalog.getLocationByEntity('component:default/payments-api', options),
    locations: (await catalog.getLocations({}, options)).items.length,
    places: await places(),
    pages: await pages(),
    predicate: await predicate(),
    streamed: await streamed(),
    refused: await refused(),
    valid: (await catalog.validateEntity({ ...one, relations: undefined }, 'url:https://example.org/x.yaml', options)).valid,
    invalid: await catalog.validateEntity({ apiVersion: 'a', kind: 'b', metadata: { name: 'c d' } }, 'url:https://example.org/x.yaml', options),
    refreshed: (await catalog.refreshEntity('component:default/payments-api', options)) ?? null,
  };
}

main().then(
  found => process.stdout.write(JSON.stringify(found)),
  error => {
    process.stderr.write(`${error.stack}\n`);
    process.exit(1);
  },
);
