package com.threatwinds.compute.operator.reconcile;

import com.threatwinds.compute.operator.compute.Listing;
import com.threatwinds.compute.operator.decision.Settlement.Recovery;
import com.threatwinds.compute.operator.inventory.Inventory;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells once that others work in the account, too, and what follows from that: an instance of
 * theirs can't be told from one that a create of ours made and whose answer was lost.
 */
final class SharedAccount {

  private static final Logger log = LoggerFactory.getLogger(SharedAccount.class);

  private final Bindings bindings;
  private final Unclaimed unclaimed;
  private final Recovery recovery;
  private boolean told;

  SharedAccount(Bindings bindings, Unclaimed unclaimed, Recovery recovery) {
    this.bindings = bindings;
    this.unclaimed = unclaimed;
    this.recovery = recovery;
  }

  /** The list can be read. */
  void look(Inventory inventory) {
    if (told || bindings.isAnyCreateOpen()) {
      return; // What an open create made is bound to nobody, and still ours.
    }
    inventory
        .listing()
        .map(Listing::instances)
        .ifPresent(
            listed -> {
              told = true;
              long others = unclaimed.now().count();
              if (others > 0) {
                log.warn(
                    "account=shared instances={} others={} unknown-creates={}",
                    listed.size(),
                    others,
                    recovery == Recovery.ADOPT ? "adopted" : "held");
              }
            });
  }
}
