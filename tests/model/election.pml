/*
 * The safety rule of `electctl campaign NAME -- CMD` as a model for spin. README.md says what it stands for.
 *
 * Time is counted in ticks of electctl's clock. An "age" is the number of ticks since a renewal of the lease was sent.
 * Each step of a process is one `d_step` (or `atomic`): nothing comes between its parts. Everything may come between
 * two steps.
 */

/* Times, in ticks. */
#ifndef TTL
#define TTL 30
#endif
/* The server keeps the lease for at least so long after it took a renewal. Less than TTL: its clock is faster. */
#ifndef LEASE
#define LEASE TTL
#endif
#ifndef RENEW_AT
#define RENEW_AT (TTL / 3)
#endif
#ifndef TERM_AT
#define TERM_AT (TTL * 2 / 3)
#endif
/* The guard kills, and electctl takes the lease for lost. */
#ifndef KILL_AT
#define KILL_AT (TTL * 9 / 10)
#endif
/* The kernel kills the guard: so much later that the guard has done its work by then. */
#ifndef TIMER_AT
#define TIMER_AT (KILL_AT + TTL / 30)
#endif
/* A process that runs does what is due within so many ticks. */
#ifndef DELAY
#define DELAY 0
#endif
#define OLDEST TIMER_AT /* Ages above it need not be told apart. */

/* What a mutant leaves out: 0 instead of 1. */
#ifndef KERNEL_TIMER
#define KERNEL_TIMER 1
#endif
#ifndef KERNEL_PIPE
#define KERNEL_PIPE 1
#endif
#ifndef GROUP_DIES
#define GROUP_DIES 1
#endif
#ifndef HOLDER
#define HOLDER 1
#endif
#ifndef FROM_SENDING
#define FROM_SENDING 1
#endif
#ifndef OWN_ANSWER
#define OWN_ANSWER 1
#endif
#ifndef TIMES_NOT_DURATIONS
#define TIMES_NOT_DURATIONS 1
#endif
#ifndef COUNTS_SLEEP
#define COUNTS_SLEEP 1
#endif
#ifndef GUARD_KILLS
#define GUARD_KILLS 1
#endif
#ifndef GUARD_ENDS_DESCENDANTS
#define GUARD_ENDS_DESCENDANTS 1
#endif
#ifndef ELECTCTL_ENDS_DESCENDANTS
#define ELECTCTL_ENDS_DESCENDANTS 1
#endif
#ifndef REST_IS_KILLED
#define REST_IS_KILLED 1
#endif
#ifndef ARMED_BEFORE_START
#define ARMED_BEFORE_START 1
#endif
#ifndef SEES_END
#define SEES_END 1
#endif
#ifndef WAITS_FOR_END
#define WAITS_FOR_END 1
#endif

/* What is out of reach: 1 lets it happen. */
#ifndef BOTH_OUT
#define BOTH_OUT 0
#endif
#ifndef THIRD_PARTY
#define THIRD_PARTY 0
#endif
#ifndef MACHINE_STOPS
#define MACHINE_STOPS 0
#endif
#ifndef FOREIGN_USER
#define FOREIGN_USER 0
#endif

#ifndef MOST_FAULTS /* 0: any number. */
#define MOST_FAULTS 0
#endif

/* Whether a process runs. A hanging one is as good as a stopped one. */
#define RUNS 0
#define STOPPED 1
#define DEAD 2
byte electctl_is = RUNS;
byte guard_is = RUNS;

/* The server. */
byte lease = LEASE;  /* Ticks that are left of it. */
bool another_leads;

/* The network: a renewal and its answer, a revocation. */
#define NONE 0
#define ASKED 1
#define GRANTED 2
#define REFUSED 3
byte renewal = NONE;
byte renewal_age;
bool revocation;

/* electctl. */
byte known_age;    /* Of the last answered renewal. */
bool lost;         /* Leadership is lost, or to be taken for lost. */
bool withdraws;    /* CMD and all of it have ended: leadership is given up. */
bool has_revoked;

/* The socket from electctl to the guard. */
bool deadline_told;  /* There is an unread deadline: the one of known_age. */
bool start_told;
bool stop_told;

/* The guard. */
byte told_age;      /* Its deadline, and the kernel timer's, count from there. */
bool prepared;      /* CMD's process waits for its word. */
bool armed;         /* The kernel's timer and pipe are. */
bool started;
bool ending;        /* CMD has got SIGTERM. */
bool for_deadline;  /* A later deadline changes nothing any more. */
bool reported;      /* CMD's end and that of all of it. */
bool guard_failed;  /* A fault killed it, or it stood still when it was to kill. */

/* CMD, another member of its group, a descendant that left the group. */
bool cmd;
bool mate;
bool left;
bool pipe_held = true;  /* Somebody in the group holds the pipe's read end. */

/* For how many ticks somebody who runs has owed something. */
byte guard_late;
byte electctl_late;
byte kernel_late;

byte faults_seen;
bool over;  /* Nothing lives and nobody can start anything: what remains is to give up the lease. */

#define anything (cmd || mate || left)
#define can_signal_left (!left || !FOREIGN_USER)
#define guard_is_out (guard_is == STOPPED || (guard_is == DEAD && guard_failed))
#if LIVENESS
#define settled false
#else
#define settled (guard_is == DEAD && !anything && !over)
#endif

/* Who owes what. */
#define guard_due (guard_is != DEAD && \
  ((!ending && (told_age >= TERM_AT || stop_told || electctl_is == DEAD)) || \
   (GUARD_KILLS && started && told_age >= KILL_AT && (cmd || mate || can_signal_left)) || \
   (started && !cmd && can_signal_left)))
#define electctl_due (electctl_is != DEAD && !withdraws && \
  ((known_age >= KILL_AT && !lost) || \
   (guard_is == DEAD && (SEES_END || !reported) && (cmd || mate || can_signal_left))))
#define timer_due (KERNEL_TIMER && armed && told_age >= TIMER_AT && guard_is != DEAD && (cmd || mate || can_signal_left))
#define pipe_due (KERNEL_PIPE && pipe_held && armed && guard_is == DEAD && (cmd || (mate && GROUP_DIES)))
#define kernel_due (timer_due || pipe_due)

#define in_time(is, due, late) ((is) != RUNS || !(due) || late < DELAY)
#define lateness(is, due, late) ((due) -> ((is) == RUNS -> late + 1 : late) : 0)
#define older(age) (age < OLDEST -> age + 1 : age)
#define forget_renewal renewal = NONE; renewal_age = 0
#define wake_guard guard_is = (guard_is == STOPPED -> RUNS : guard_is)

/* Time goes on when nobody who runs is late with what is due. */
active proctype clock() {
  do
  :: d_step {
       !over && !settled &&
       ((in_time(guard_is, guard_due, guard_late) && in_time(electctl_is, electctl_due, electctl_late) &&
         in_time(RUNS, kernel_due, kernel_late)) || MACHINE_STOPS) ->
       guard_late = (MACHINE_STOPS -> 0 : lateness(guard_is, guard_due, guard_late));
       electctl_late = (MACHINE_STOPS -> 0 : lateness(electctl_is, electctl_due, electctl_late));
       kernel_late = (MACHINE_STOPS -> 0 : lateness(RUNS, kernel_due, kernel_late));
       /* Out of reach: a descendant that left the group, where neither guard nor electctl runs to end it in time. */
       guard_failed = guard_failed || (guard_is == STOPPED && guard_due);
       left = left && (BOTH_OUT || !guard_is_out || electctl_is == RUNS || known_age + 1 < KILL_AT);
       lease = (lease > 0 -> lease - 1 : 0);
       known_age = older(known_age);
       told_age = older(told_age);
       renewal_age = (renewal != NONE -> older(renewal_age) : 0)
     }
  :: d_step {
       settled ->
       over = true;
       lease = 0; forget_renewal; known_age = 0; told_age = 0; deadline_told = false;
       ending = false; for_deadline = false; guard_failed = false; guard_late = 0; electctl_late = 0; kernel_late = 0
     }
#if !COUNTS_SLEEP
  :: d_step { !over && lease > 0 -> lease-- }
#endif
  :: over -> skip
  od
}

active proctype server() provided (!settled) {
  do
  :: d_step { renewal == ASKED && !another_leads -> lease = LEASE; renewal = GRANTED }
  :: d_step { renewal == ASKED && another_leads -> renewal = REFUSED }
  /* At some time after the end: servers look now and then, and their clocks may be slow. */
  :: d_step { lease == 0 && !another_leads -> another_leads = true }
  :: d_step { revocation -> revocation = false; lease = 0; another_leads = true }
#if THIRD_PARTY
  :: d_step { !another_leads -> lease = 0; another_leads = true }
#endif
  od
}

/* Loses what is under way. That it may take any time needs no step. */
active proctype network() provided (!settled) {
  do
  :: d_step { renewal != NONE -> forget_renewal }
  :: d_step { revocation -> revocation = false }
  od
}

#define electctl_leads (electctl_is == RUNS && !withdraws && !over)
/* electctl's thread that renews the lease. */
active proctype session() provided (!settled) {
  do
  :: d_step { electctl_leads && !lost && known_age >= RENEW_AT && renewal == NONE -> renewal = ASKED }
#if !OWN_ANSWER
  :: d_step { electctl_leads && !lost && renewal == GRANTED -> renewal_age = 0 }
#endif
  :: atomic {
       electctl_leads && !lost && renewal == GRANTED ->
#if FROM_SENDING
       known_age = (renewal_age < known_age -> renewal_age : known_age);
#else
       known_age = 0;
#endif
       forget_renewal;
       if
       :: deadline_told = true; wake_guard
       :: deadline_told = false /* The socket was full. */
       fi
     }
  od
}

/* electctl's main thread. */
active proctype electctl() provided (!settled) {
  do
  :: d_step {
       electctl_leads && !lost && (renewal == REFUSED || known_age >= KILL_AT) ->
       lost = true; stop_told = true; wake_guard; forget_renewal
     }
  :: d_step { electctl_leads && !lost && !start_told -> start_told = true }
  /* A signal, --max-runtime. */
  :: d_step { electctl_leads && start_told && !stop_told -> stop_told = true; wake_guard }
#if !WAITS_FOR_END
  :: d_step { electctl_leads && stop_told && !has_revoked -> revocation = true; has_revoked = true }
#endif
#if SEES_END
  :: d_step { electctl_is == RUNS && !withdraws && reported -> withdraws = true }
#endif
  :: d_step {
       electctl_is == RUNS && !withdraws && guard_is == DEAD && !reported ->
       cmd = false; mate = false;
#if ELECTCTL_ENDS_DESCENDANTS
       left = left && FOREIGN_USER;
       withdraws = !left
#else
       withdraws = true
#endif
     }
  :: d_step { electctl_is == RUNS && withdraws && !has_revoked -> revocation = true; has_revoked = true }
  od
}

#if GUARD_ENDS_DESCENDANTS
#define nothing_left (!anything)
#else
#define nothing_left (!cmd && !mate)
#endif
active proctype guard() provided (!settled && guard_is == RUNS) {
  do
  :: d_step {
       deadline_told && !for_deadline && (!started || cmd) ->
#if TIMES_NOT_DURATIONS
       told_age = known_age;
#else
       told_age = 0;
#endif
       deadline_told = false
     }
  :: d_step {
       start_told && !prepared && !ending && told_age < TERM_AT ->
       prepared = true;
#if ARMED_BEFORE_START
       armed = true
#endif
     }
  :: d_step { prepared && !started && !ending -> started = true; cmd = true }
#if !ARMED_BEFORE_START
  :: d_step { started && !armed -> armed = true }
#endif
  :: d_step { told_age >= TERM_AT && !ending -> ending = true; for_deadline = true }
  :: d_step { (stop_told || electctl_is == DEAD) && !ending -> ending = true }
#if GUARD_KILLS
  /* --kill-after ends at any time, but not after KILL_AT. */
  :: d_step { started && ending && (cmd || mate) -> cmd = false; mate = false }
#endif
#if REST_IS_KILLED
  :: d_step { started && !cmd && mate -> mate = false }
#if GUARD_ENDS_DESCENDANTS
  :: d_step { started && !cmd && !mate && left && can_signal_left -> left = false }
#endif
  :: d_step { (started || ending) && nothing_left -> reported = true; guard_is = DEAD }
#else
  :: d_step { (started || ending) && !cmd -> reported = true; guard_is = DEAD }
#endif
  od
}

active proctype kernel() provided (!settled) {
  do
  :: d_step { timer_due -> guard_is = DEAD }
  :: d_step { pipe_due -> cmd = false; mate = mate && !GROUP_DIES }
  od
}

/* CMD and its descendants do as they like: start others, leave the group, close what they inherited, end or not. */
active proctype command() provided (!settled) {
  do
  :: d_step { cmd && !mate -> mate = true }
  :: d_step { anything && !left -> left = true }
  :: d_step { cmd -> cmd = false }
  :: d_step { mate -> mate = false }
  :: d_step { left -> left = false }
#if !HOLDER
  :: d_step { (cmd || mate) && pipe_held -> pipe_held = false }
#endif
  od
}

#if MOST_FAULTS
#define fault_allowed (faults_seen < MOST_FAULTS)
#define note_fault faults_seen++
#else
#define fault_allowed true
#define note_fault skip
#endif
active proctype faults() provided (!settled) {
  do
  :: d_step { fault_allowed && guard_is == RUNS -> guard_is = STOPPED; note_fault }
  :: d_step { fault_allowed && guard_is != DEAD -> guard_is = DEAD; guard_failed = true; note_fault }
  :: d_step { fault_allowed && electctl_is == RUNS -> electctl_is = STOPPED; note_fault }
  :: d_step { fault_allowed && electctl_is != DEAD -> electctl_is = DEAD; note_fault }
  :: d_step { guard_is == STOPPED -> guard_is = RUNS }
  :: d_step { electctl_is == STOPPED -> electctl_is = RUNS }
  od
}

/* The promises. And a state that is to be reached, so that none is kept only because nothing ever happens. */
#ifndef CHECK_EXCLUSION
#define CHECK_EXCLUSION 1
#endif
#ifndef CHECK_WITHDRAWAL
#define CHECK_WITHDRAWAL 1
#endif
#if GOAL == 1 /* CMD was killed or ended, and the next one leads. */
#define goal (started && another_leads && !anything)
#elif GOAL == 2 /* Leadership is given up after CMD's end. */
#define goal (started && !another_leads && revocation)
#elif GOAL == 3 /* Guard and electctl were both killed while CMD ran, and the next one leads. */
#define goal (started && another_leads && guard_is == DEAD && !reported && electctl_is == DEAD)
#elif GOAL == 4 /* electctl stands still all the time; the guard did its work, and the next one leads. */
#define goal (started && another_leads && reported && electctl_is == STOPPED)
#elif GOAL == 5 /* The guard was killed; electctl did its work and gave up. */
#define goal (started && another_leads && !reported && withdraws && has_revoked)
#else
#define goal false
#endif
active proctype promises() {
  do
#if CHECK_EXCLUSION
  :: d_step { another_leads && anything -> assert(!(another_leads && anything)) }
#endif
#if CHECK_WITHDRAWAL
  :: d_step { revocation && anything -> assert(!(revocation && anything)) }
#endif
  :: d_step { goal -> assert(false) }
  od
}

#if LIVENESS
ltl given_up { [] ((started && !cmd) -> <> another_leads) }
#endif
