// Words for decisions about one level, one clock or one order, in Chinese and English.

/** @type {Record<string, [string, string]>} */
export const SINGLE_WORDS = {
  "retract-of": ["撤回：{0}", "Retract: {0}"],
  regrade: ["调整级别", "Change the level"],
  "level-now": ["现为{0}", "Now {0}"],
  "takes-two": ["需第二人复核", "takes a second person"],
  extend: ["延长", "Extend"],
  "extend-of": ["延长时限：{0}", "Extend: {0}"],
  "due-at": ["现时限 {0}", "Due {0}"],
  "more-minutes": ["延长 {0} 分钟，至 {1}", "{0} min more, until {1}"],
  "until-moment": ["延长至指定时刻（北京时间）", "Until a moment of your choice (Beijing time)"],
};
