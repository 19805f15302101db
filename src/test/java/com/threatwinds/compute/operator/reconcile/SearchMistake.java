package com.threatwinds.compute.operator.reconcile;

import java.util.function.Supplier;

/** The mistakes in design that the search must find, each in a world that is about it. */
enum SearchMistake {
  /** The attempt is written whatever has changed since it was read. */
  NO_CONFLICT_CHECK(1, SearchScopes::twoLeaders),
  /** A create without an answer is sent again. */
  POST_RETRIED(1, SearchScopes::lostAnswer),
  /** The attempt does not say what was there before. */
  NOTHING_KNOWN(4, SearchScopes::twin),
  /** Of several candidates the first is bound. */
  FIRST_CANDIDATE(4, SearchScopes::twin),
  /** One 404 is enough. */
  GONE_ON_ONE_404(2, SearchScopes::denied),
  /** A reset is sent before it is recorded. */
  SENT_BEFORE_RECORDED(6, SearchScopes::reset),
  /** The requests that were handled are not remembered. */
  REQUESTS_FORGOTTEN(6, SearchScopes::reset),
  /** The create leaves after its deadline too. */
  FENCE_IGNORED(1, SearchScopes::late),
  /** An open create is settled as soon as it is seen. */
  SETTLED_AT_ONCE(1, SearchScopes::lostAnswer),
  /** Lists count that were asked for before the time of each open create was over. */
  SETTLED_FROM_OLD_LISTS(1, SearchScopes::openCreates),
  /** What is late is deleted whoever may claim it. */
  LATE_UNCHECKED(3, SearchScopes::backup),
  /** Who holds an instance is read from the informer's cache. */
  HOLDERS_FROM_CACHE(4, SearchScopes::takeOver),
  /** A power call rests on the list. */
  LIST_TRUSTED(5, SearchScopes::edit),
  /** A create begins on a resource that can go at any moment. */
  NOT_HELD(2, SearchScopes::notHeld);

  private final int invariant;
  private final Supplier<SearchScope> scope;

  SearchMistake(int invariant, Supplier<SearchScope> scope) {
    this.invariant = invariant;
    this.scope = scope;
  }

  /** The number of the invariant that it breaks. */
  int invariant() {
    return invariant;
  }

  SearchScope scope() {
    return scope.get().with(this);
  }
}
