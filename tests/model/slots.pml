/* slots.pml - who owns a slot's arena and who is heard: worker.c, producer.c, commit.c, rescue.c and engine.c,
 * change of state by change of state. README.md says which line is which.
 *
 * Block numbers are kept relative to the clock, so the model has finitely many states though it never ends. The
 * device waits for the workers, as in lockstep, but for LATES times, which come whenever the search likes.
 * Lines ending in a comment with @ are those that test_model.sh spoils on purpose. */

#ifndef LEAD
#define LEAD 2
#endif
#define BURST 1
#define PRIME 2
#define PIECES 2
#define LAG 0      /* blocks behind the clock before a slot is lost */
#define MAX_LOST 2
#ifndef COMMITS
#define COMMITS 2
#endif
#ifndef LATES
#define LATES 3
#endif
#ifndef FAULTS
#define FAULTS 1
#endif
#ifndef ODDITIES   /* mismatches, NaN blocks, dear patches, refused builds and full logs, all together */
#define ODDITIES 1
#endif

/* states */
#define PARKED 0
#define ADOPTING 1
#define PRIMING 2
#define READY 3
#define MIRROR 4
#define LIVE 5
#define RETIRING 6
#define RETIRED 7
#define FAILED 8
#define RENDERS(x) ((x) >= PRIMING && (x) <= RETIRING)

/* what a ring's cell has */
#define EMPTY 0
#define GOOD 1
#define NAN 2
#define STALE 3    /* of what the slot held before */

/* journeys */
#define REST 0
#define TAKE 1
#define PRIME_J 2
#define RETIRE 3
#define RETAKE 4
#define RESYNC 5
#define RESCUE 6

/* who touches an arena */
#define NOBODY 0
#define WORKER(s) (1 + (s))
#define DESK 3

#define NO_EVENT 0
#define PUSHED 1
#define STAMPED 2

/* ---- shared */
byte state[2];
bit is_wanted[2], is_broken[2], is_dear[2], is_for_commit[2];
short next[2];                 /* next_block - clock */
byte ready[2];                 /* ready_block - clock, or 0 */
byte ring0[LEAD], ring1[LEAD]; /* cell i: block clock + i */
byte n_to_prime[2], n_primed[2], pieces[2];
byte adopt[2];                 /* the event "slot s takes over", which the other slot reads */
short adopt_block[2];
byte target = LEAD;              /* target_block - clock */
bit live;
bit is_swapping;               /* the producer, between its two compare-and-swaps */
byte inside[2];                /* who touches the arena now */
byte lates = LATES; /* how often the device does not wait for a worker */
byte faults = FAULTS, oddities = ODDITIES;

/* ---- the desk's, shared so that formulas see them */
byte journey = REST;
bit asked, has_next;           /* a commit is wanted; a patch is under way */

#define is_committing (asked || journey == TAKE || journey == PRIME_J)
#define is_whole (state[live] == LIVE && !is_broken[live] && state[1 - live] == MIRROR && journey == REST)

#define OWNER(s) ((state[s] == PARKED) -> DESK : ((state[s] == ADOPTING) -> WORKER(1 - (s)) : WORKER(s)))
#define CELL(s, i) ((s) == 0 -> ring0[i] : ring1[i])

inline check_live() {
	assert(is_swapping || !(state[0] == LIVE && state[1] == LIVE))
}

/* slot_move */
inline move(s, from, to, ok) {
	d_step {
		ok = 0;
		if
		:: state[s] == from -> state[s] = to; ok = 1
		:: else
		fi;
		check_live()
	}
}

inline enter(who, s) {
	d_step { assert(inside[s] == NOBODY); assert(OWNER(s) == who); inside[s] = who }
}

inline leave(who, s) {
	d_step { assert(inside[s] == who); inside[s] = NOBODY }
}

inline put(s, what) {
	if
	:: next[s] < 0 || next[s] >= LEAD
	:: else ->
		if
		:: s == 0 -> ring0[next[s]] = what
		:: else -> ring1[next[s]] = what
		fi
	fi
}

/* ---- worker.c */
#define MAY_PARK(x) ((x) == PRIMING || (x) == READY || (x) == MIRROR) /* @park */
#define MUST_PARK(s) ((is_wanted[s] && MAY_PARK(state[s])) || state[s] == RETIRED || state[s] == FAILED)
#define MAY_RENDER(s) (RENDERS(state[s]) && next[s] < target && !is_broken[s])
#define MUST_LET_GO(s) (is_wanted[1 - (s)] && state[1 - (s)] == ADOPTING)
#define IS_DUE(s) (adopt[s] == STAMPED && adopt_block[s] <= next[1 - (s)])

/* The live worker at a block: its own arena and, while something is taken over, the other one. */
inline begin_block() {
	enter(WORKER(me), me);
	if
	:: IS_DUE(1 - me) -> adopt[1 - me] = NO_EVENT; adopting = 1
	:: else
	fi;
	if
	:: adopting -> enter(WORKER(me), 1 - me)
	:: else
	fi
}

/* adopt_step; complete: the standby is as of this block */
inline copy_piece() {
	pieces[1 - me]--;
	inside[1 - me] = NOBODY;
	if
	:: pieces[1 - me] == 0 ->
		n_primed[1 - me] = 0;
		next[1 - me] = next[me];
		ready[1 - me] = (next[me] + n_to_prime[1 - me] > 0 -> next[me] + n_to_prime[1 - me] : 0);
		adopting = 0;
		st = 15
	:: else
	fi
}

proctype worker(bit me) {
	byte st, was;
	bit ok, adopting, parks, lets_go;

	do
	:: atomic { MUST_PARK(me) || MUST_LET_GO(me) || MAY_RENDER(me) ->
			st = state[me]; parks = MUST_PARK(me); lets_go = !parks && MUST_LET_GO(me) }
		if
		:: parks -> /* park_if_asked */
			atomic { adopting = 0; parks = 0; move(me, st, PARKED, ok); st = 0; ok = 0 }
		:: lets_go -> /* let_go_if_asked; an event that is still to come is ignored */
			atomic {
				adopting = 0; /* @let-go */
				lets_go = 0;
				move(1 - me, ADOPTING, PARKED, ok);
				if :: ok -> adopt[1 - me] = NO_EVENT :: else fi;
				st = 0; ok = 0
			}
		:: !parks && !lets_go && next[me] < -LAG && st != LIVE ->
			atomic { move(me, st, PARKED, ok); st = 0; ok = 0 }
		:: else ->
			atomic {
				if
				:: next[me] < -LAG -> next[me] = (target > 1 -> 1 : 0) /* re_anchor */
				:: else
				fi;
				was = st;
				begin_block()
			}
			if
			:: adopting ->
				if
				:: atomic { faults > 0 -> faults-- } goto fault
				:: d_step { copy_piece() }
				fi;
				if
				:: st == 15 -> atomic { move(1 - me, ADOPTING, PRIMING, ok); st = was } /* @hand-over */
				:: else
				fi
			:: else
			fi;
			if
			:: atomic { faults > 0 -> faults-- } goto fault
			:: atomic { oddities > 0 -> oddities--; put(me, NAN); n_primed[me] = 0 }
			:: d_step { put(me, GOOD); n_primed[me] = (n_primed[me] < n_to_prime[me] -> n_primed[me] + 1 : n_to_prime[me]) }
			fi;
			atomic {
				leave(WORKER(me), me);
				next[me] = next[me] + 1;
				if
				:: was == PRIMING && n_primed[me] >= n_to_prime[me] -> /* end_priming */
					if
					:: is_for_commit[me] && oddities > 0 -> oddities--; is_dear[me] = 1; move(me, PRIMING, PARKED, ok)
					:: is_for_commit[me] -> move(me, PRIMING, READY, ok)
					:: !is_for_commit[me] -> move(me, PRIMING, MIRROR, ok)
					fi
				:: else
				fi;
				st = 0; was = 0; ok = 0
			}
			goto over;
fault: /* contained: the program is jumped out of */
			atomic {
				if :: inside[me] == WORKER(me) -> inside[me] = NOBODY :: else fi;
				if :: inside[1 - me] == WORKER(me) -> inside[1 - me] = NOBODY :: else fi;
				st = state[me]
			}
			is_broken[me] = 1;
			if
			:: adopting -> atomic { move(1 - me, ADOPTING, PARKED, ok); adopting = 0 }
			:: else
			fi;
			atomic {
				if
				:: st != LIVE && RENDERS(st) -> move(me, st, PARKED, ok)
				:: else
				fi;
				st = 0; was = 0; ok = 0
			}
over:			skip
		fi
	od
}

/* ---- producer.c */

/* take_good, only where the block is of this tenure */
#define CAN_TAKE(s) (ready[s] == 0 && CELL(s, 0) == GOOD)   /* @stale */
#define HAS_COPY(s) (ready[s] == 0 && CELL(s, 0) != EMPTY)  /* @stale */

inline tick() {
		i = 0;
		do
		:: i < LEAD - 1 -> ring0[i] = ring0[i + 1]; ring1[i] = ring1[i + 1]; i++
		:: else -> ring0[i] = EMPTY; ring1[i] = EMPTY; break
		od;
		i = 0;
		do
		:: i < 2 ->
			if :: RENDERS(state[i]) && next[i] >= -LAG -> next[i] = next[i] - 1 :: else fi;
			if :: ready[i] > 0 && state[i] >= PRIMING -> ready[i] = ready[i] - 1 :: else fi;
			if :: adopt[i] == STAMPED && adopt_block[i] > -LAG - 1 -> adopt_block[i] = adopt_block[i] - 1 :: else fi;
			i++
		:: else -> break
		od;
		target = target - 1;
		i = 0
}

/* begin_if_ready, from its compare-and-swap on */
inline swap() {
	d_step {
		if
		:: state[1 - live] == READY -> state[1 - live] = LIVE; ok = 1; is_swapping = 1 /* @swap */
		:: else
		fi
	}
	if
	:: ok ->
		atomic { n_fade = 1; move(live, LIVE, RETIRING, ok); assert(ok) }
		d_step { live = 1 - live; is_swapping = 0; check_live() }
	:: else
	fi
}

inline fail_over() {
	d_step {
		ok = 0;
		if
		:: CAN_TAKE(1 - live) && state[1 - live] == MIRROR ->
			assert(CELL(1 - live, 0) == GOOD);
			state[1 - live] = LIVE; ok = 1; is_swapping = 1
		:: else
		fi
	}
	if
	:: ok ->
		move(live, LIVE, FAILED, ok);
		d_step { assert(ok); live = 1 - live; is_swapping = 0; check_live() }
		has_block = 1
	:: else
		move(1 - live, RETIRING, RETIRED, ok) /* @end-fade */
	fi
}

inline compare_mirror() {
	atomic {
		if
		:: state[1 - live] == MIRROR && HAS_COPY(1 - live) ->
			assert(CELL(1 - live, 0) != STALE);
			if
			:: oddities > 0 -> oddities--; differs = 1
			:: differs = (CELL(1 - live, 0) == NAN)
			fi
		:: else
		fi
	}
	if
	:: differs -> atomic { move(1 - live, MIRROR, RETIRED, ok); differs = 0 }
	:: else
	fi
}

inline mix_old() {
	atomic {
		if
		:: n_fade == 0 || CELL(1 - live, 0) != GOOD -> move(1 - live, RETIRING, RETIRED, ok)
		:: else -> n_fade--
		fi
	}
}

#define IS_DONE(s) (state[s] != RETIRED && state[s] != FAILED && (!RENDERS(state[s]) || is_broken[s] || next[s] >= target))

proctype producer() {
	byte i, n_fade;
	bit ok, has_block, differs;

	do
	:: atomic {
		if
		:: IS_DONE(0) && IS_DONE(1)
		:: !(IS_DONE(0) && IS_DONE(1)) && lates > 0 -> lates--
		fi
		}
		if
		:: atomic { state[1 - live] == READY && CAN_TAKE(1 - live) -> assert(CELL(1 - live, 0) == GOOD) } swap()
		:: else
		fi;
		atomic { assert(state[live] == LIVE); assert(CELL(live, 0) != STALE); has_block = (CELL(live, 0) == GOOD) }
		if
		:: !has_block -> fail_over()
		:: else
		fi;
		if
		:: has_block && state[1 - live] == MIRROR -> compare_mirror()
		:: has_block && state[1 - live] == RETIRING -> mix_old()
		:: else
		fi;
		d_step {
			has_block = 0;
			ok = 0;
			if :: state[1 - live] != RETIRING -> n_fade = 0 :: else fi;
			tick();
			/* ring_workers */
			if :: adopt[0] == PUSHED -> adopt[0] = STAMPED; adopt_block[0] = target :: else fi;
			if :: adopt[1] == PUSHED -> adopt[1] = STAMPED; adopt_block[1] = target :: else fi;
			target = LEAD
		}
	od
}

/* ---- commit.c, rescue.c, engine.c */

/* what the ring holds is from before; the reader of the other slot's event starts behind it */
inline compile(s) {
	d_step {
		assert(inside[s] == NOBODY);
		assert(OWNER(s) == DESK);
		inside[s] = DESK;
		i = 0;
		do
		:: i < LEAD ->
			if :: s == 0 && ring0[i] != EMPTY -> ring0[i] = STALE :: else fi;
			if :: s == 1 && ring1[i] != EMPTY -> ring1[i] = STALE :: else fi;
			i++
		:: else -> break
		od;
		i = 0;
		adopt[1 - s] = NO_EVENT;
		is_wanted[s] = 0;
		is_broken[s] = 0;
		is_dear[s] = 0;
		n_primed[s] = 0
	}
}

/* engine_build; ok: the event is in the log */
inline build(s, commit) {
	compile(s);
	d_step {
		is_for_commit[s] = commit;
		n_to_prime[s] = (commit -> PRIME : 1);
		pieces[s] = PIECES;
		next[s] = 0;
		ready[s] = 0;
		inside[s] = NOBODY;
		assert(state[s] == PARKED);
		state[s] = ADOPTING
	}
	if
	:: atomic { oddities > 0 -> oddities--; state[s] = PARKED; ok = 0 }
	:: d_step { assert(adopt[s] == NO_EVENT); adopt[s] = PUSHED; ok = 1 }
	fi
}

inline build_fresh(s) {
	compile(s);
	d_step {
		is_for_commit[s] = 1;
		n_to_prime[s] = PRIME;
		pieces[s] = 0;
		inside[s] = NOBODY;
		next[s] = target + 2;
		ready[s] = target + 2 + PRIME;
		assert(state[s] == PARKED);
		state[s] = PRIMING
	}
}

inline take(s, ok) {
	ok = 0;
	do
	:: atomic { state[s] == PARKED -> is_wanted[s] = 0; ok = 1 } break /* @take */
	:: else ->
		is_wanted[s] = 1;
		break /* the next poll looks again */
	od
}

#define MAY_RESCUE(x) ((x) == PARKED || (x) == ADOPTING) /* @rescue */
#define NEEDS_RESCUE (state[live] == LIVE && is_broken[live] && MAY_RESCUE(state[1 - live]))

/* refuse */
inline refuse() {
	d_step { assert(has_next || journey == TAKE); has_next = 0; n_lost = 0; journey = REST }
}

inline put_back() {
	d_step { if :: has_next -> asked = 1 :: else fi; has_next = 0; journey = REST }
}

proctype desk() {
	byte i, n_lost;
	bit ok, s;

	do
	:: journey == REST ->
		if
		:: atomic { NEEDS_RESCUE -> s = 1 - live }
			assert(!has_next); /* no request is dropped by a rescue */
			move(s, ADOPTING, PARKED, ok);
			build_fresh(s);
			journey = RESCUE
		:: else ->
			atomic {
				if
				:: asked -> journey = TAKE
				:: else ->
					if
					:: state[1 - live] != MIRROR -> journey = RETAKE
					:: else -> (asked || state[1 - live] != MIRROR || NEEDS_RESCUE) /* nothing to do */
					fi
				fi
			}
		fi
	:: journey == TAKE ->
		if
		:: NEEDS_RESCUE -> put_back() /* @take-rescue */
		:: else ->
			s = 1 - live;
			take(s, ok);
			if
			:: ok ->
				d_step { if :: !has_next -> has_next = 1; asked = 0 :: else fi }
				if
				:: atomic { oddities > 0 -> oddities-- } refuse()
				:: true ->
					build(s, 1);
					if
					:: ok -> journey = PRIME_J
					:: else
					fi
				fi
			:: else
			fi
		fi
	:: journey == PRIME_J || journey == RESCUE ->
		if
		:: live == s -> d_step { assert(state[s] == LIVE); has_next = 0; n_lost = 0; s = 0; journey = RETIRE }
		:: else ->
			if
			:: journey == PRIME_J && NEEDS_RESCUE -> put_back() /* @prime-rescue */
			:: else ->
				if
				:: state[s] == PARKED ->
					if
					:: journey == RESCUE -> journey = REST
					:: else ->
						if
						:: is_broken[s] || is_dear[s] || n_lost + 1 >= MAX_LOST -> refuse()
						:: else -> n_lost++; journey = TAKE
						fi
					fi
				:: else
				fi
			fi
		fi
	:: journey == RETIRE ->
		if
		:: state[1 - live] == PARKED -> journey = REST
		:: else
		fi
	:: journey == RETAKE || journey == RESYNC ->
		if
		:: asked || state[1 - live] == MIRROR || NEEDS_RESCUE -> journey = REST
		:: else ->
			if
			:: journey == RETAKE ->
				s = 1 - live;
				take(s, ok);
				if
				:: ok ->
					s = 1 - live;
					build(s, 0);
					if
					:: ok -> journey = RESYNC
					:: else
					fi
				:: else
				fi
			:: journey == RESYNC && state[1 - live] == PARKED -> journey = REST
			:: else
			fi
		fi
	od
}

/* ---- the inputs */
proctype inputs() {
	byte left = COMMITS;

	do
	:: left > 0 -> atomic { asked = 1; left-- }
	:: break
	od
}

init {
	atomic {
		state[0] = LIVE;
		state[1] = MIRROR;
		run worker(0);
		run worker(1);
		run producer();
		run desk();
		run inputs()
	}
}

ltl ends { [] (is_committing -> <> !is_committing) }
ltl heals { <> [] is_whole }
