// One task for each open claim record, to whoever holds the patient's place. Merge it into your tasks.js:
//   module.exports = [...yours, ...require('./claimloop/tasks')];
const records = require('./records');

const makeTasks = config => {
  /** Everybody who has the record sees the task, unless the facility is in the table of conflicts. */
  const isForUser = (report, asking) => {
    const instead = config.conflicts[records.field(report, 'facility_code')];
    return !instead || !!(asking && asking.parent && instead.indexOf(asking.parent._id) >= 0);
  };

  const due = report => {
    const day = new Date(records.lastDay(report, config));
    day.setDate(day.getDate() - config.lateDays);
    return day.getTime();
  };

  /**
   * The open claims of one patient stand together in the list, which is in order of due dates: all are due with the
   * first of those that were open at the same time. Not the clock decides: phones keep what they computed for days.
   */
  const dueTogether = (report, reports) => Math.min(due(report), ...records.openClaims(reports)
    .filter(other => records.lastDay(other, config) >= report.reported_date)
    .filter(other => records.lastDay(report, config) >= other.reported_date)
    .map(due));

  const content = (target, contact, report) => {
    target.t_claim_code = records.field(report, 'claim_code');
    target.t_claim_uuid = records.field(report, 'claim_uuid');
    target.t_facility = records.field(report, 'facility') || records.field(report, 'facility_code');
    target.t_care_days = records.daysInWords(report, config);
    target.t_other_claims = records.openClaims(contact.reports)
      .filter(other => other._id !== report._id)
      .filter(other => !records.isOver(other, config, Date.now()))
      .map(other => records.inWords(other, config))
      .join(', ');
    records.LINES.forEach(number => {
      const line = `line_${number}_`;
      const code = records.field(report, `${line}code`);
      const name = records.field(report, `${line}name`);
      const plain = config.lineLabels[code] || {};
      target[`t_${line}code`] = code;
      target[`t_${line}quantity`] = records.field(report, `${line}quantity`);
      ['en', 'fr', 'ne'].forEach(language => {
        target[`t_${line}${language}`] = plain[language] || name;
      });
    });
  };

  return [{
    name: 'openimis.claim_feedback',
    icon: 'icon-claim-feedback',
    title: 'task.openimis.claim_feedback.title',
    appliesTo: 'reports',
    appliesToType: [records.CLAIM],
    appliesIf: (contact, report) =>
      !!contact.contact &&
      !contact.contact.date_of_death &&
      !contact.contact.muted &&
      records.isValid(report) &&
      !records.isWithdrawn(report) &&
      isForUser(report, typeof user === 'undefined' ? undefined : user),
    resolvedIf: (contact, report) => !!records.feedbackOn(report, contact.reports),
    events: [{
      id: 'claim-feedback',
      start: 180,
      end: config.lateDays,
      dueDate: (event, contact, report) => {
        const day = dueTogether(report, contact.reports);
        // However early it is due: it stays until this record's own last day. CHT reads `end` after this function.
        event.end = Math.round((records.lastDay(report, config) - day) / records.DAY);
        return new Date(day);
      },
    }],
    priority: (contact, report) => ({
      level: records.field(report, 'priority') === 'high' ? 'high' : undefined,
      label: records.inWords(report, config),
    }),
    actions: [{
      type: 'report',
      form: records.FEEDBACK,
      label: 'task.openimis.claim_feedback.action',
      modifyContent: content,
    }],
  }];
};

module.exports = makeTasks(require('./config'));
Object.defineProperty(module.exports, 'makeTasks', { value: makeTasks });
