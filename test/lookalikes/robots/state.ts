/** A robot in a group of the look-alikes. */
export interface GroupRobot {
  /** The key, token or id in its address. */
  id: string;
  /** Where the group wants messages signed. */
  secret?: string;
  keywords?: string[];
  isStopped?: boolean;
  /** The group allows no address of ours. */
  isOtherIp?: boolean;
}

/** A message that a group shows. */
export interface Shown {
  robot: string;
  title: string;
  text: string;
  /** When, milliseconds since 1970. */
  at: number;
}

export interface RobotsState {
  robots: GroupRobot[];
  /** What the groups show, the oldest first. */
  shown: Shown[];
  /** Every message a robot was asked for, refused ones too: its limit counts them. */
  asked: { robot: string; at: number }[];
  now: () => number;
}
