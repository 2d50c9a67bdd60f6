// Finds what is easy to get wrong when this configuration is merged into another one:
//   node claimloop/lint.js [folder of the configuration]      (app_settings.json must be compiled)
const fs = require('fs');
const path = require('path');
const vm = require('vm');

const { CLAIM, FEEDBACK } = require('./records');
/** fetch refuses these as "bad port" before it connects. */
const BAD_PORTS = ['1', '6000', '6667', '10080'];
/** Always there in a feedback report; all else can be skipped. */
const ALWAYS = ['doc._id', 'doc.reported_date'];

const sourceOf = mapping => typeof mapping === 'string' ? { path: mapping } : mapping;

const outboundProblems = settings => {
  const problems = [];
  const report = { _id: 'r', type: 'data_record', form: FEEDBACK, fields: {}, contact: {}, patient: {} };
  const relevant = Object.entries(settings.outbound || {}).filter(([, config]) => {
    try {
      return !!vm.runInNewContext(config.relevant_to || 'true', { doc: JSON.parse(JSON.stringify(report)) });
    } catch (error) {
      return String(config.relevant_to).includes(FEEDBACK);
    }
  });
  if (relevant.length !== 1) {
    problems.push(`outbound: ${relevant.length} configurations push ${FEEDBACK} (${relevant.map(([name]) => name)}); ` +
      'it must be one: with two, CHT can lose a push');
  }
  if (!(settings.transitions || {}).mark_for_outbound) {
    problems.push('transitions: mark_for_outbound is off, so nothing is pushed');
  }
  relevant.forEach(([name, config]) => {
    const { base_url: url, auth } = config.destination || {};
    const port = (/^https?:\/\/[^/:]+:(\d+)/.exec(url) || [])[1];
    if (BAD_PORTS.includes(port)) {
      problems.push(`outbound ${name}: CHT refuses to call port ${port}`);
    }
    if (!auth || !(auth.type === 'basic' ? auth.username && auth.password_key : auth.type === 'header' && auth.value_key)) {
      problems.push(`outbound ${name}: without auth (basic with username and password_key, or header with value_key) ` +
        'ClaimLoop answers 401 for ever');
    }
    Object.entries(config.mapping || {}).forEach(([target, mapping]) => {
      const { path: from, expr, optional } = sourceOf(mapping);
      const text = from || expr || '';
      if (!optional && !ALWAYS.includes(from)) {
        problems.push(`outbound ${name}: ${target} is required, but can be missing in a report; ` +
          'then CHT never calls. Add "optional": true');
      }
      if (/\bDate\b|Math\.random|_rev\b/.test(text)) {
        problems.push(`outbound ${name}: ${target} changes by itself, so the same report is pushed again and again`);
      }
      if (/(^|[._])(name|phone|from|insurance_number|date_of_birth)\b/.test(text) ||
          /^doc(\.(patient|contact|fields(\.(inputs|feedback|lines|visit))?))?$/.test(text)) {
        problems.push(`outbound ${name}: ${target} can carry a name, phone or insurance number`);
      }
      if (expr && /'(yes|no)'|"(yes|no)"/.test(expr)) {
        problems.push(`outbound ${name}: ${target} makes up an answer that was not given`);
      }
    });
  });
  return problems;
};

const formProblems = settings => {
  const problems = [];
  const keys = Object.keys(settings.forms || {}).filter(key => key.toUpperCase() === CLAIM);
  if (keys.length !== 1 || keys[0] !== CLAIM) {
    problems.push(`forms: the key must be ${CLAIM}, in capitals (is: ${keys.join(', ') || 'missing'}): CHT looks it up so`);
  }
  keys.map(key => settings.forms[key]).forEach(form => {
    if (!form.public_form) {
      problems.push(`forms.${CLAIM}: without public_form CHT marks every record as faulty`);
    }
    ['claim_uuid', 'claim_code', 'patient_id'].filter(field => !(form.fields || {})[field]).forEach(field =>
      problems.push(`forms.${CLAIM}: the field ${field} is missing`));
  });
  if (!(settings.patient_reports || []).some(report => report.form === CLAIM)) {
    problems.push(`patient_reports: ${CLAIM} is missing, so an unknown patient goes unnoticed`);
  }
  if (!(settings.transitions || {}).accept_patient_reports) {
    problems.push('transitions: accept_patient_reports is off, so records are never checked');
  }
  const offline = Object.entries(settings.roles || {}).filter(([key, role]) => key === 'claimloop' && role.offline);
  if (offline.length) {
    problems.push('roles.claimloop: must not be offline, or CHT refuses its calls');
  }
  return problems;
};

/** Asks the rules themselves. */
const taskProblems = tasks => {
  const problems = [];
  const record = (uuid, change) => ({
    _id: `record-${uuid}`, form: CLAIM, reported_date: Date.now(), errors: [], ...change,
    fields: { claim_uuid: uuid, claim_code: uuid, patient_uuid: 'p', patient_id: '1', purpose: 'feedback', priority: 'normal',
      status: 'open', visit_date: '2026-01-01', ...((change || {}).fields) },
  });
  const answer = uuid => ({ _id: `answer-${uuid}`, form: FEEDBACK, reported_date: Date.now() + 1, fields: { claim_uuid: uuid } });
  const one = record('one');
  const contact = { contact: { _id: 'p', type: 'person' }, reports: [one, record('two'), answer('two')] };
  const rules = tasks.filter(task => (task.appliesToType || []).some(type => type.toUpperCase() === CLAIM));
  if (rules.length !== 1) {
    problems.push(`tasks: ${rules.length} rules apply to ${CLAIM}; it must be one`);
  }
  rules.forEach(task => {
    const applies = report => !task.appliesIf || !!task.appliesIf({ ...contact, reports: [report] }, report);
    if (!task.appliesToType.includes(CLAIM)) {
      problems.push(`tasks ${task.name}: appliesToType must be ${CLAIM}, in capitals`);
    }
    if (!task.resolvedIf) {
      problems.push(`tasks ${task.name}: without resolvedIf one answer closes all claims of a patient`);
    } else {
      if (task.resolvedIf(contact, one)) {
        problems.push(`tasks ${task.name}: resolvedIf does not compare the claim: an answer on another claim resolves it`);
      }
      if (!task.resolvedIf({ ...contact, reports: [...contact.reports, answer('one')] }, one)) {
        problems.push(`tasks ${task.name}: resolvedIf does not see the answer on its own claim`);
      }
    }
    if (!applies(one)) {
      problems.push(`tasks ${task.name}: appliesIf takes no valid record`);
    }
    if (applies(record('one', { errors: [{ code: 'registration_not_found' }] }))) {
      problems.push(`tasks ${task.name}: appliesIf takes records with errors`);
    }
    if (applies(record('one', { fields: { status: 'withdrawn' } }))) {
      problems.push(`tasks ${task.name}: appliesIf takes withdrawn records`);
    }
    if (!(task.actions || []).some(action => action.form === FEEDBACK)) {
      problems.push(`tasks ${task.name}: opens no ${FEEDBACK}`);
    }
  });
  return problems;
};

/** @param settings app_settings @param tasks what tasks.js exports */
const lint = ({ settings, tasks }) => [...formProblems(settings), ...taskProblems(tasks), ...outboundProblems(settings)];

module.exports = { lint };

if (require.main === module) {
  const folder = path.resolve(process.argv[2] || path.join(__dirname, '..'));
  const settings = JSON.parse(fs.readFileSync(path.join(folder, 'app_settings.json'), 'utf8'));
  const problems = lint({ settings, tasks: require(path.join(folder, 'tasks.js')) });
  problems.forEach(problem => console.error(`claimloop: ${problem}`));
  console.log(problems.length ? `${problems.length} problems` : 'claimloop: nothing found');
  process.exit(problems.length ? 1 : 0);
}
