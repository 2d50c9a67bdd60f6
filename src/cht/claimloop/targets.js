// Of the claims that were answered, or whose time is over: how many were answered in time. Where nobody could be asked
// (not found, moved, died, refused, another person) the claim counts neither way, so that nobody gains by inventing.
//   module.exports = [...yours, ...require('./claimloop/targets')];
const config = require('./config');
const records = require('./records');

const deadline = report => report.reported_date + config.targetDays * records.DAY;

module.exports = [{
  id: 'openimis-claim-feedback',
  type: 'percent',
  icon: 'icon-claim-feedback',
  goal: config.targetGoal,
  translation_key: 'targets.openimis.claim_feedback.title',
  subtitle_translation_key: 'targets.this_month.subtitle',
  appliesTo: 'reports',
  appliesToType: [records.CLAIM],
  appliesIf: (contact, report) => {
    if (!records.isValid(report) || records.isWithdrawn(report)) {
      return false;
    }
    const feedback = records.feedbackOn(report, contact.reports);
    return feedback ? records.field(feedback, 'outcome') === 'answered' : Date.now() > deadline(report);
  },
  passesIf: (contact, report) => {
    const feedback = records.feedbackOn(report, contact.reports);
    return !!feedback && feedback.reported_date <= deadline(report);
  },
  idType: 'report',
  date: 'reported',
}];
