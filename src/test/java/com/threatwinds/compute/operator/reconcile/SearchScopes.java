package com.threatwinds.compute.operator.reconcile;

import com.threatwinds.compute.operator.reconcile.SearchScope.Act;
import com.threatwinds.compute.operator.reconcile.SearchScope.Trouble;
import java.util.List;

/** What is searched: each scope with all that it takes for one kind of story, and no more. */
final class SearchScopes {

  private SearchScopes() {}

  private static SearchScope one(String title) {
    return SearchScope.of(title, SearchResource.named("a"));
  }

  private static SearchScope two(String title) {
    return SearchScope.of(title, SearchResource.named("a"), SearchResource.named("b"));
  }

  // -- those in which a mistake shows

  static SearchScope twoLeaders() {
    return one("two leaders").withoutLag().strayPasses(2);
  }

  static SearchScope lostAnswer() {
    return one("a lost answer").allowing(1, Trouble.LOST_ANSWER);
  }

  static SearchScope twin() {
    return one("a twin")
        .withoutLag()
        .allowing(1, Trouble.LOST_ANSWER)
        .allowing(1, Trouble.TWIN)
        .acts(1, Act.ANSWER);
  }

  static SearchScope denied() {
    return one("a 404 that is false").bound(1).allowing(2, Trouble.DENIAL).acts(1, Act.DELETE);
  }

  static SearchScope reset() {
    return one("a reset and a crash").bound(1).allowing(1, Trouble.CRASH).acts(1, Act.RESET_1);
  }

  static SearchScope late() {
    return one("a create that is late").withoutLag().strayPasses(1).allowing(1, Trouble.DELAY);
  }

  static SearchScope notHeld() {
    return SearchScope.of("nothing holds it yet", SearchResource.named("a").held(false))
        .withoutLag()
        .allowing(1, Trouble.LOST_WRITE)
        .acts(1, Act.DELETE);
  }

  static SearchScope backup() {
    return one("a backup, two leaders").withoutLag().strayPasses(1).acts(1, Act.RESTORE);
  }

  static SearchScope openCreates() {
    return two("two open creates and a list that lags").open(2);
  }

  static SearchScope takeOver() {
    return SearchScope.of(
            "two take over one instance",
            SearchResource.named("a").takingOver("i-1"),
            SearchResource.named("b").takingOver("i-1"))
        .withoutLag()
        .allowing(1, Trouble.TWIN);
  }

  static SearchScope edit() {
    return one("an edit").bound(1).acts(2, Act.STOP, Act.RUN, Act.RESTART);
  }

  /** Searched each time. */
  static List<SearchScope> small() {
    return List.of(
        twoLeaders(),
        lostAnswer(),
        twin(),
        denied(),
        reset(),
        notHeld(),
        late(),
        backup(),
        one("a create and a crash").allowing(1, Trouble.CRASH).allowing(1, Trouble.LOST_ANSWER),
        one("a create and a deletion").withoutLag().allowing(1, Trouble.CRASH).acts(1, Act.DELETE),
        takeOver(),
        edit());
  }

  /**
   * Searched when there is time.
   *
   * <p>Not among them: another leader beside two open creates. That one who stood still for longer
   * than the settle time records nothing hangs on its clock, which the model has not: {@link
   * StatusWriterTest} shows it.
   */
  static List<SearchScope> large() {
    return List.of(
        late().strayPasses(3),
        one("a create, two leaders, a crash").strayPasses(2).allowing(1, Trouble.CRASH),
        one("a create, all troubles")
            .withoutLag()
            .allowing(1, Trouble.CRASH)
            .allowing(1, Trouble.LOST_ANSWER)
            .allowing(1, Trouble.LOST_WRITE)
            .allowing(1, Trouble.REFUSAL)
            .acts(1, Act.DELETE),
        one("a create and a twin")
            .allowing(1, Trouble.CRASH)
            .allowing(1, Trouble.LOST_ANSWER)
            .allowing(1, Trouble.TWIN)
            .acts(1, Act.DELETE, Act.ANSWER),
        two("two creates, lost answers").withoutLag().allowing(2, Trouble.LOST_ANSWER),
        two("two creates, a lost answer, a deletion")
            .withoutLag()
            .allowing(1, Trouble.LOST_ANSWER)
            .acts(1, Act.DELETE),
        two("two open creates and a crash").open(2).withoutLag().allowing(1, Trouble.CRASH),
        openCreates(),
        one("requests, two leaders")
            .bound(1)
            .withoutLag()
            .strayPasses(1)
            .allowing(1, Trouble.LOST_ANSWER)
            .acts(2, Act.RESET_1, Act.STOP),
        one("requests, all troubles")
            .bound(1)
            .withoutLag()
            .allowing(1, Trouble.CRASH)
            .allowing(1, Trouble.LOST_ANSWER)
            .allowing(1, Trouble.LOST_WRITE)
            .allowing(1, Trouble.REFUSAL)
            .acts(2, Act.RESET_1, Act.RESET, Act.STOP, Act.RUN),
        one("three requests")
            .bound(1)
            .withoutLag()
            .acts(3, Act.RESET_1, Act.RESET_2, Act.RESET, Act.RESTART, Act.STOP, Act.RUN),
        one("an instance that vanishes")
            .bound(1)
            .allowing(1, Trouble.VANISHING)
            .allowing(1, Trouble.DENIAL)
            .allowing(1, Trouble.LOST_WRITE)
            .allowing(1, Trouble.LOST_ANSWER)
            .allowing(1, Trouble.CRASH)
            .acts(1, Act.DELETE, Act.STOP, Act.RESET_1),
        one("a backup, two leaders")
            .withoutLag()
            .strayPasses(1)
            .allowing(1, Trouble.LOST_WRITE)
            .acts(1, Act.RESTORE, Act.REBUILD),
        two("backups and copies")
            .bound(1)
            .withoutLag()
            .acts(2, Act.RESTORE, Act.REBUILD, Act.COPY, Act.DELETE),
        two("a copy without permission")
            .bound(1)
            .withoutLag()
            .takeoverForbidden()
            .allowing(1, Trouble.CRASH)
            .acts(2, Act.COPY, Act.RESTORE),
        two("an instance that is kept")
            .bound(1)
            .withoutLag()
            .allowing(1, Trouble.LOST_ANSWER)
            .acts(2, Act.RETAIN, Act.DELETE));
  }
}
