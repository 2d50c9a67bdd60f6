const fs = require('fs');
const os = require('os');
const path = require('path');
const { expect } = require('chai');
const { DOMParser } = require('@xmldom/xmldom');
const { PROJECT, json } = require('./world');
const { cht } = require('../scripts/cht');
const { FILE, read } = require('../scripts/form');
const { LANGUAGES, SOURCE, TEXTS, sheets } = require('../scripts/sheets');

const FORM = path.join(PROJECT, 'forms/app/claim_feedback');
const source = json(SOURCE);
const DEVANAGARI = /[\u0900-\u097f]/;

const properties = language => Object.fromEntries(
  fs.readFileSync(path.join(PROJECT, `translations/messages-${language}.properties`), 'utf8').split('\n')
    .filter(line => line.trim() && !line.startsWith('#'))
    .map(line => line.split(/\s*=\s*(.*)/s).slice(0, 2)));

/** Names of the placeholders in a text, in order: a translation must show the same facts. */
const facts = text => (text.match(/\$\{[^}]+\}|\{\{[^}]+\}\}/g) || []).map(fact => fact.replace(/_(en|fr|ne)\}$/, '}')).sort();

const complete = (what, texts) => {
  expect(Object.keys(texts), what).to.have.members(LANGUAGES);
  LANGUAGES.forEach(language => expect(texts[language].trim(), `${what}, ${language}`).to.not.equal(''));
  LANGUAGES.forEach(language => expect(facts(texts[language]), `${what}, ${language}`).to.deep.equal(facts(texts.en)));
  const words = text => text.replace(/\$\{[^}]+\}|\{\{[^}]+\}\}/g, '').replace(/[^\p{L}]/gu, '');
  if (words(texts.en)) {
    expect(DEVANAGARI.test(texts.ne), `${what} is in Nepali`).to.equal(true);
    expect(/[A-Za-z]{4,}/.test(texts.ne.replace(/\$\{[^}]+\}|\{\{[^}]+\}\}|UUID/g, '')), `${what}, ne: no English`).to.equal(false);
  }
};

describe('The texts', () => {
  it('of the form are there in English, French and Nepali, and show the same facts', () => {
    source.survey.forEach(question => TEXTS.filter(text => question[text]).forEach(text =>
      complete(`${question.name}, ${text}`, question[text])));
    Object.entries(source.choices).forEach(([list, items]) => items.forEach(item =>
      complete(`${list} ${item.name}`, item.label)));
  });

  it('are there for each question, and a message for each constraint', () => {
    const unseen = ['hidden', 'calculate', 'end group'];
    source.survey.filter(entry => !unseen.includes(entry.type) && !['inputs', 'contact'].includes(entry.name)).forEach(entry =>
      expect(entry.label, entry.name).to.be.an('object'));
    source.survey.filter(entry => entry.constraint).forEach(entry =>
      expect(entry.constraint_message, entry.name).to.be.an('object'));
  });

  it('are not the English ones once more', () => {
    const same = source.survey.filter(entry => entry.label && /[a-z]{4}/.test(entry.label.en.replace(/\$\{[^}]+\}/g, '')))
      .filter(entry => entry.label.fr === entry.label.en);
    expect(same).to.deep.equal([]);
  });

  it('reach the XML in each language, with nothing left over', () => {
    const xml = new DOMParser().parseFromString(fs.readFileSync(`${FORM}.xml`, 'utf8'), 'text/xml');
    const translations = Array.from(xml.getElementsByTagName('translation'));
    expect(translations.map(node => node.getAttribute('lang'))).to.have.members(LANGUAGES);
    const ids = node => Array.from(node.getElementsByTagName('text')).map(text => text.getAttribute('id'));
    translations.forEach(node => {
      expect(ids(node)).to.have.members(ids(translations[0]));
      Array.from(node.getElementsByTagName('value')).forEach(value => expect(value.textContent.trim()).to.not.match(/^-?$/));
    });
    expect(ids(translations[0]).filter(id => id.endsWith('jr:requiredMsg')).length).to.be.above(15);
    expect(ids(translations[0]).filter(id => id.endsWith('jr:constraintMsg')).length).to.equal(2);
  });

  it('of tasks, targets and pages are there in each language', () => {
    const english = properties('en');
    const all = LANGUAGES.map(properties);
    Object.keys(english).forEach(key =>
      complete(key, Object.fromEntries(LANGUAGES.map((language, i) => [language, all[i][key] || '']))));
    all.forEach(texts => expect(texts).to.have.all.keys(Object.keys(english)));
    const used = ['tasks', 'targets', 'contact-summary'].map(name => fs.readFileSync(path.join(PROJECT, `claimloop/${name}.js`), 'utf8'))
      .join('').match(/'[a-z_]+\.openimis\.[a-z_.]+'/g).map(key => key.slice(1, -1));
    expect(Object.keys(english)).to.include.members(used);
  });

  it('of the claim record and of the form\'s title are there in each language', () => {
    Object.entries(json(path.join(PROJECT, 'app_settings/forms.json')).OPENIMIS_CLAIM.fields).forEach(([name, { labels }]) =>
      complete(name, labels.short));
    const { title } = json(`${FORM}.properties.json`);
    complete('title', Object.fromEntries(title.map(({ locale, content }) => [locale, content])));
  });
});

describe('The form\'s files', () => {
  it('the sheet for implementers is what the source says', async () => {
    expect(await read(FILE)).to.deep.equal(sheets());
  });

  it('the XML is what cht-conf makes of the sheet', function () {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'claimloop-form-'));
    try {
      fs.mkdirSync(path.join(folder, 'forms/app'), { recursive: true });
      fs.copyFileSync(`${FORM}.xlsx`, path.join(folder, 'forms/app/claim_feedback.xlsx'));
      const { status, output } = cht(['convert-app-forms'], folder);
      expect(status, output).to.equal(0);
      expect(fs.readFileSync(path.join(folder, 'forms/app/claim_feedback.xml'), 'utf8'))
        .to.equal(fs.readFileSync(`${FORM}.xml`, 'utf8'));
    } finally {
      fs.rmSync(folder, { recursive: true, force: true });
    }
  });

  it('cht-conf finds nothing wrong with form and settings', () => {
    const { status, output } = cht(['validate-app-forms']);
    expect(status, output).to.equal(0);
    const compiled = cht(['compile-app-settings']);
    expect(compiled.status, compiled.output).to.equal(0);
    expect(compiled.output).to.not.match(/ERROR|invalid schema|problems?\)/);
  });
});
