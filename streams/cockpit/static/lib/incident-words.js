// Words of the panel of one incident, in Chinese and English.

/** @type {Record<string, [string, string]>} */
export const INCIDENT_WORDS = {
  incident: ["事件详情", "Incident"],
  "choose-incident": ["选择一个事件查看详情", "Choose an incident"],
  facts: ["事实与依据", "Facts and where they stand"],
  "given-by-field": ["填报字段", "from a field"],
  approximate: ["约", "about"],
  contradictions: ["字段与文字不符", "Fields and words differ"],
  sensitive: ["敏感因素", "Sensitive"],
  suggestions: ["建议", "Suggestions"],
  "may-be-same": ["可能与另一事件相同", "May be the same event as"],
  "next-line": ["{0} 再增加 {1} 即达 {2}", "{1} more {0} make it {2}"],
  "ask-reporter": ["请补充：{0}", "Ask the reporter: {0}"],
  merge: ["合并", "Merge"],
  reports: ["报告", "Reports"],
  "changed-to": ["{0} → {1}", "{0} → {1}"],
  timeline: ["十二环节", "Twelve steps"],
  commands: ["处置指令", "Commands"],
  "command-progress": ["进展", "progress"],
  "said-late": ["迟到答复（{0}）", "late answer ({0})"],
  "waiting-tasks": ["待下达", "Waiting for release"],
  warning: ["公众预警", "Public warning"],
  replay: ["复盘回放", "Replay"],
  "replay-at": ["第 {0}/{1} 步 {2}", "{0} of {1}, {2}"],
};
