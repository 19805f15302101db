package com.threatwinds.compute.operator.reconcile;

import com.threatwinds.compute.operator.api.v1alpha1.Annotations;
import com.threatwinds.compute.operator.api.v1alpha1.ComputeInstance;
import com.threatwinds.compute.operator.api.v1alpha1.ComputeInstanceStatus;
import com.threatwinds.compute.operator.api.v1alpha1.ConditionType;
import com.threatwinds.compute.operator.api.v1alpha1.DeletionPolicy;
import com.threatwinds.compute.operator.api.v1alpha1.Reason;
import com.threatwinds.compute.operator.compute.ComputeApi;
import com.threatwinds.compute.operator.compute.ComputeApiException;
import com.threatwinds.compute.operator.compute.InstanceId;
import com.threatwinds.compute.operator.compute.Seen;
import com.threatwinds.compute.operator.compute.Template;
import com.threatwinds.compute.operator.decision.Decider;
import com.threatwinds.compute.operator.decision.Desired;
import com.threatwinds.compute.operator.decision.Observation;
import com.threatwinds.compute.operator.inventory.Catalog;
import com.threatwinds.compute.operator.inventory.Inventory;
import com.threatwinds.compute.operator.inventory.Inventory.Look;
import com.threatwinds.compute.operator.settings.Settings;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks at the one thing that a resource is about, and changes nothing. A glance costs no call of
 * its own where the list knows; a look is live, as every change must rest on.
 */
final class Observer {

  private static final Logger log = LoggerFactory.getLogger(Observer.class);

  /** How long an instance must answer 404 while the list still shows it. */
  private static final Duration OUTWEIGHS_THE_LIST = Duration.ofSeconds(30);

  private final ComputeApi api;
  private final Inventory inventory;
  private final Catalog catalog;
  private final Bindings bindings;
  private final Sightings sightings;
  private final Settings settings;
  private volatile boolean toldOfBlindness;

  Observer(
      ComputeApi api,
      Inventory inventory,
      Catalog catalog,
      Bindings bindings,
      Sightings sightings,
      Settings settings) {
    this.api = api;
    this.inventory = inventory;
    this.catalog = catalog;
    this.bindings = bindings;
    this.sightings = sightings;
    this.settings = settings;
  }

  /** What the list and this process know already; calls the API only where they know nothing. */
  Observation glance(Pass pass) {
    return observe(pass, false);
  }

  /** What is so now. */
  Observation look(Pass pass) {
    return observe(pass, true);
  }

  private Observation observe(Pass pass, boolean live) {
    Desired desired = pass.desired();
    ComputeInstanceStatus status = pass.announced();
    if (status.problem() != null) {
      return new Observation.NotYet();
    }
    if (desired.deleting()
        && !desired.paused()
        && !Decider.policy(desired, status).equals(DeletionPolicy.RETAIN)
        && (status.instanceId() != null || status.create() != null)
        && isUninstalling(pass.store())) {
      return new Observation.Uninstalling();
    }
    Optional<InstanceId> bound = InstanceId.parse(status.instanceId());
    if (bound.isPresent()) {
      return bound(pass, status, bound.get(), live);
    }
    if (status.create() != null) {
      return open(status);
    }
    if (desired.deleting() || desired.paused() || desired.problem().isPresent()) {
      return new Observation.NotYet();
    }
    return desired.takeover().isPresent() ? takeover(pass, desired) : order(desired);
  }

  /** Without the permission to see the definition there is no defence, and the log says so. */
  private boolean isUninstalling(ResourceStore store) {
    try {
      return store.isDefinitionGoing();
    } catch (KubernetesClientException e) {
      if (e.getCode() != 403) {
        throw e;
      }
      tellOfBlindness();
      return false;
    }
  }

  /**
   * At the start, while there is time to grant it. Other trouble is that of who asks in earnest.
   */
  void tellIfBlind(BooleanSupplier isDefinitionGoing) {
    try {
      isDefinitionGoing.getAsBoolean();
    } catch (KubernetesClientException e) {
      if (e.getCode() == 403) {
        tellOfBlindness();
      }
    }
  }

  private void tellOfBlindness() {
    if (!toldOfBlindness) {
      toldOfBlindness = true;
      log.warn("uninstall-defence=off why=\"may not read the CustomResourceDefinition\"");
    }
  }

  // -- bound

  private Observation bound(Pass pass, ComputeInstanceStatus status, InstanceId id, boolean live) {
    // A deletion waits for no list: where none tells of the instance, it is asked for.
    boolean urgent = pass.desired().deleting() && !pass.desired().paused();
    return switch (inventory.look(id)) {
      case Look l when live -> live(pass, status, id);
      case Look.Unread u -> urgent ? live(pass, status, id) : unread();
      // A deletion that met a 404 asks again: the list must not outweigh it, nor it the list.
      case Look.Listed(var instance, boolean doubtful)
          when !doubtful && !(urgent && sightings.isMissed(id)) -> {
        sightings.present(id);
        yield new Observation.Found(instance, rival(pass, id));
      }
      case Look.Listed l -> live(pass, status, id);
      // Thousands that wait for nothing are not asked about one by one, while the list is out.
      case Look.Outdated o ->
          Decider.waitsForNothing(pass.desired(), status) ? unread() : live(pass, status, id);
      case Look.Unlisted u ->
          !urgent && isListOfOtherAccount(status)
              ? new Observation.OtherAccount()
              : live(pass, status, id);
    };
  }

  private Observation unread() {
    return inventory
        .trouble()
        .<Observation>map(Observation.Failed::new)
        .orElseGet(Observation.NotYet::new);
  }

  private Observation live(Pass pass, ComputeInstanceStatus status, InstanceId id) {
    try {
      Seen seen = api.get(id);
      inventory.saw(seen);
      sightings.present(id);
      return new Observation.Found(
          seen.instance(), rival(pass, id), Optional.of(seen.credentials()));
    } catch (ComputeApiException.NotFound e) {
      return e.isExplained() ? absent(status, id, e) : new Observation.Failed(e);
    } catch (ComputeApiException e) {
      return new Observation.Failed(e);
    }
  }

  /** A 404 means "not found or access denied": it counts only twice, and from the right account. */
  private Observation absent(
      ComputeInstanceStatus status, InstanceId id, ComputeApiException.NotFound error) {
    Duration absence = sightings.absence(id);
    boolean toldBefore =
        status
            .condition(ConditionType.STALLED)
            .filter(c -> Reason.INSTANCE_NOT_FOUND.toString().equals(c.getReason()))
            .isPresent();
    boolean secondRead = absence.compareTo(settings.pollFastInterval()) >= 0;
    boolean listAgrees =
        inventory.age().filter(age -> age.compareTo(absence) < 0).isPresent()
            && inventory.listing().filter(l -> l.find(id).isEmpty()).isPresent();
    if (!secondRead || !listAgrees) {
      inventory.hurry();
    }
    return new Observation.Absent(
        toldBefore || (secondRead && (listAgrees || absence.compareTo(OUTWEIGHS_THE_LIST) >= 0)),
        isOfAccount(status, id, error));
  }

  private boolean isOfAccount(
      ComputeInstanceStatus status, InstanceId id, ComputeApiException.NotFound error) {
    boolean seenWithThem =
        error.credentials().isPresent()
            && (error.credentials().equals(inventory.lastSeenWith(id))
                || error.credentials().get().value().equals(status.credentials()));
    boolean sameUser =
        status.userId() != null
            && inventory
                .listing()
                .filter(l -> Optional.of(l.credentials()).equals(error.credentials()))
                .filter(l -> l.userIds().equals(Set.of(status.userId())))
                .isPresent();
    return seenWithThem || sameUser;
  }

  private boolean isListOfOtherAccount(ComputeInstanceStatus status) {
    return status.userId() != null
        && inventory
            .listing()
            .filter(l -> !l.userIds().isEmpty() && !l.userIds().contains(status.userId()))
            .isPresent();
  }

  /** Another resource that is bound to the same instance and was there first. */
  private Optional<String> rival(Pass pass, InstanceId id) {
    String ownBinding = pass.announced().instanceId();
    Comparator<ComputeInstance> older =
        Comparator.<ComputeInstance, String>comparing(r -> r.getMetadata().getCreationTimestamp())
            .thenComparing(r -> r.getMetadata().getUid());
    return bindings.resourcesOf(id).stream()
        .filter(r -> !r.getMetadata().getUid().equals(pass.uid()))
        .filter(r -> Pass.bindingOf(r).equals(Optional.of(id)))
        .filter(r -> ownBinding == null || older.compare(r, pass.resource()) < 0)
        .findFirst()
        .map(r -> holder(pass, r));
  }

  /** Named only to those who may see it: in the same namespace. */
  static String holder(Pass pass, ComputeInstance other) {
    return other.getMetadata().getNamespace().equals(pass.namespace())
        ? ", " + other.getMetadata().getName()
        : " in another namespace";
  }

  // -- open

  private Observation open(ComputeInstanceStatus status) {
    String attemptId = String.valueOf(status.create().attemptId());
    Duration left =
        settings.timeout().plus(settings.createSettle()).minus(sightings.attempt(attemptId));
    if (left.isPositive()) {
      return new Observation.Unsettled(left);
    }
    return inventory
        .trouble()
        .<Observation>map(Observation.Failed::new)
        .orElseGet(Observation.Due::new);
  }

  // -- unbound

  private Observation takeover(Pass pass, Desired desired) {
    InstanceId id = desired.takeover().orElseThrow();
    if (!settings.takeover().isAllowedIn(pass.namespace())) {
      return new Observation.TakeoverForbidden();
    }
    Optional<String> rival = rival(pass, id);
    if (rival.isPresent()) {
      return new Observation.Claimed(rival.get());
    }
    Optional<String> twin = twin(pass, desired, bindings.resourcesOf(id));
    if (twin.isPresent()) {
      return new Observation.Claimed(twin.get());
    }
    return live(pass, pass.announced(), id);
  }

  /** Two annotations for one instance bind neither: nobody can tell the copy from the original. */
  static Optional<String> twin(Pass pass, Desired desired, List<ComputeInstance> others) {
    if (!desired.claimedByAnnotation()) {
      return Optional.empty();
    }
    String id = desired.takeover().orElseThrow().value();
    return others.stream()
        .filter(r -> !r.getMetadata().getUid().equals(pass.uid()))
        .filter(r -> Pass.statusOf(r).instanceId() == null)
        .filter(
            r ->
                r.getMetadata().getAnnotations() != null
                    && id.equals(r.getMetadata().getAnnotations().get(Annotations.INSTANCE_ID)))
        .findFirst()
        .map(r -> holder(pass, r));
  }

  private Observation order(Desired desired) {
    if (inventory.trouble().isPresent() || inventory.listing().isEmpty()) {
      return unread();
    }
    String templateId = desired.templateId().orElseThrow();
    try {
      Optional<Template> template = catalog.template(templateId);
      if (template.isEmpty()) {
        return new Observation.NoSuchTemplate(catalog.templateIds());
      }
      if (desired.zone().isPresent()) {
        List<String> zones = catalog.zones(templateId, desired.zone().get());
        if (!zones.contains(desired.zone().get())) {
          return new Observation.NoSuchZone(zones);
        }
      }
      return new Observation.Orderable(Optional.ofNullable(template.get().defaultZone()));
    } catch (ComputeApiException e) {
      return new Observation.Failed(e);
    }
  }
}
