// CHT's outbound mapping, as CHT evaluates it: object-path for paths, a fresh context for expressions; what is missing
// and not optional is an error before any call (read in cht-core, shared-libs/outbound, and recorded: 503, 511, 512).
const objectPath = require('object-path');
const vm = require('vm');

const isRelevant = (config, doc) => !!vm.runInNewContext(config.relevant_to, { doc });

const payload = (config, doc) => {
  const sent = {};
  Object.entries(config.mapping).forEach(([target, source]) => {
    const { path, expr, optional } = typeof source === 'string' ? { path: source } : source;
    const value = expr ? vm.runInNewContext(expr, { doc }) : objectPath.get({ doc }, path);
    if (value === undefined && !optional) {
      throw new Error(`Mapping error for '${target}': cannot find '${path || expr}'`);
    }
    if (value !== undefined) {
      objectPath.set(sent, target, value);
    }
  });
  return JSON.parse(JSON.stringify(sent));
};

module.exports = { isRelevant, payload };
