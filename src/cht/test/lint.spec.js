const { expect } = require('chai');
const { cloneDeep, set, unset } = require('lodash');
const path = require('path');
const { PROJECT, json } = require('./world');
const { lint } = require('../claimloop/lint');

const settings = () => json(path.join(PROJECT, 'app_settings.json'));
const tasks = () => require('../tasks').map(task => ({ ...task }));

/** What is spoiled in the good configuration, and a word of what the lint says of it. */
const TRAPS = {
  'two outbound configurations for one form': ['2 configurations push', c => {
    c.settings.outbound.other = { ...cloneDeep(c.settings.outbound.claimloop), relevant_to: 'doc.form === "claim_feedback"' };
  }],
  'a second configuration for every document': ['2 configurations push', c => {
    c.settings.outbound.other = { ...cloneDeep(c.settings.outbound.claimloop), relevant_to: 'doc.type === "data_record"' };
  }],
  'no outbound configuration': ['0 configurations push', c => { c.settings.outbound = {}; }],
  'a required mapping on a skippable question': ['drug_received is required', c => {
    c.settings.outbound.claimloop.mapping['feedback.drug_received'] = 'doc.fields.feedback.drug_received';
  }],
  'a required expression': ['outcome is required', c => {
    c.settings.outbound.claimloop.mapping.outcome = { expr: 'doc.fields.outcome' };
  }],
  'an answer made up': ['makes up an answer', c => {
    c.settings.outbound.claimloop.mapping['feedback.drug_received'] =
      { expr: 'doc.fields.feedback.drug_received || "no"', optional: true };
  }],
  'the clock in the payload': ['changes by itself', c => {
    c.settings.outbound.claimloop.mapping.sent_at = { expr: 'Date.now()', optional: true };
  }],
  'the revision in the payload': ['changes by itself', c => {
    c.settings.outbound.claimloop.mapping.rev = { path: 'doc._rev', optional: true };
  }],
  'a name in the payload': ['name, phone or insurance number', c => {
    c.settings.outbound.claimloop.mapping.patient = { path: 'doc.patient.name', optional: true };
  }],
  'the insurance number in the payload': ['name, phone or insurance number', c => {
    c.settings.outbound.claimloop.mapping.number = { path: 'doc.fields.inputs.contact.insurance_number', optional: true };
  }],
  'all fields in the payload': ['name, phone or insurance number', c => {
    c.settings.outbound.claimloop.mapping.all = { path: 'doc.fields', optional: true };
  }],
  'no auth': ['without auth', c => unset(c.settings, 'outbound.claimloop.destination.auth')],
  'a port that CHT refuses': ['port 6000', c => set(c.settings, 'outbound.claimloop.destination.base_url', 'http://x:6000')],
  'pushes switched off': ['mark_for_outbound', c => unset(c.settings, 'transitions.mark_for_outbound')],
  'a lower-case form key': ['in capitals', c => {
    c.settings.forms = { openimis_claim: c.settings.forms.OPENIMIS_CLAIM };
  }],
  'a form that is not public': ['public_form', c => unset(c.settings, 'forms.OPENIMIS_CLAIM.public_form')],
  'no claim in the form': ['claim_uuid is missing', c => unset(c.settings, 'forms.OPENIMIS_CLAIM.fields.claim_uuid')],
  'no patient_reports': ['patient_reports', c => { c.settings.patient_reports = []; }],
  'no check of records': ['accept_patient_reports', c => unset(c.settings, 'transitions.accept_patient_reports')],
  'an offline role': ['must not be offline', c => set(c.settings, 'roles.claimloop.offline', true)],
  'no resolvedIf': ['without resolvedIf', c => { delete c.tasks[0].resolvedIf; }],
  'resolvedIf without the claim': ['does not compare the claim', c => {
    c.tasks[0].resolvedIf = contact => contact.reports.some(report => report.form === 'claim_feedback');
  }],
  'resolvedIf that never resolves': ['does not see the answer', c => { c.tasks[0].resolvedIf = () => false; }],
  'records with errors': ['takes records with errors', c => {
    c.tasks[0].appliesIf = (contact, report) => report.fields.status === 'open';
  }],
  'withdrawn records': ['takes withdrawn records', c => {
    c.tasks[0].appliesIf = (contact, report) => !report.errors.length;
  }],
  'a rule in small letters': ['in capitals', c => { c.tasks[0].appliesToType = ['openimis_claim']; }],
  'no rule': ['0 rules apply', c => { c.tasks = []; }],
  'two rules': ['2 rules apply', c => { c.tasks.push(c.tasks[0]); }],
  'another form opened': ['opens no claim_feedback', c => { c.tasks[0].actions = [{ form: 'other' }]; }],
};

describe('The lint', () => {
  it('finds nothing in this configuration', () => {
    expect(lint({ settings: settings(), tasks: tasks() })).to.deep.equal([]);
  });

  Object.entries(TRAPS).forEach(([trap, [words, spoil]]) =>
    it(`finds ${trap}`, () => {
      const config = { settings: settings(), tasks: tasks() };
      spoil(config);
      expect(lint(config).join('\n')).to.contain(words);
    }));
});
