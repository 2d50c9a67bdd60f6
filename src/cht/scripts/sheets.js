// The form's source, form-source/claim_feedback.json, as the three sheets of an XLSForm.
const fs = require('fs');
const path = require('path');

const SOURCE = path.join(__dirname, '../form-source/claim_feedback.json');
const LANGUAGES = ['en', 'fr', 'ne'];
const TEXTS = ['label', 'hint', 'constraint_message', 'required_message'];
const PLAIN = ['type', 'name', 'required', 'relevant', 'appearance', 'constraint', 'calculation', 'default'];

/** Said wherever an answer is missing. */
const REQUIRED = {
  en: 'Please answer this question.',
  fr: 'Veuillez répondre à cette question.',
  ne: 'कृपया यो प्रश्नको जवाफ दिनुहोस्।',
};

const columns = (plain, texts) => [...plain, ...texts.flatMap(text => LANGUAGES.map(lang => `${text}::${lang}`))];

const row = (names, entry) => names.map(name => {
  const [field, lang] = name.split('::');
  const value = lang ? (entry[field] || {})[lang] : entry[field];
  return value === undefined ? '' : String(value);
});

/** A row with "repeat" stands for so many; # is the number. */
const expand = entry => !entry.repeat ? [entry] : Array.from({ length: entry.repeat }, (_, i) => {
  const { repeat, ...once } = JSON.parse(JSON.stringify(entry).replaceAll('#', i + 1));
  return once;
});

const sheets = () => {
  const form = JSON.parse(fs.readFileSync(SOURCE, 'utf8'));
  const questions = form.survey.flatMap(expand)
    .map(entry => entry.required ? { required_message: REQUIRED, ...entry } : entry);
  const survey = columns(PLAIN, TEXTS);
  const choices = columns(['list_name', 'name'], ['label']);
  const settings = Object.keys(form.settings);
  return {
    survey: [survey, ...questions.map(entry => row(survey, entry))],
    choices: [choices, ...Object.entries(form.choices).flatMap(([list, items]) =>
      items.map(item => row(choices, { list_name: list, ...item })))],
    settings: [settings, row(settings, form.settings)],
  };
};

module.exports = { LANGUAGES, SOURCE, TEXTS, sheets };
