package com.threatwinds.compute.operator.reconcile;

import com.threatwinds.compute.operator.api.v1alpha1.ComputeInstance;
import com.threatwinds.compute.operator.api.v1alpha1.ComputeInstanceStatus;
import com.threatwinds.compute.operator.compute.InstanceId;
import com.threatwinds.compute.operator.inventory.Catalog;
import com.threatwinds.compute.operator.inventory.Gate;
import com.threatwinds.compute.operator.inventory.GatedComputeApi;
import com.threatwinds.compute.operator.inventory.Inventory;
import com.threatwinds.compute.operator.settings.Settings;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.format.DateTimeParseException;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * What a pass works with, wired once: those parts need the informer's cache, which exists only when
 * the framework asks for our event sources.
 */
final class Rooms {

  private final GatedComputeApi api;
  private final Function<Context<ComputeInstance>, ResourceStore> stores;
  private final Events events;
  private final Leadership leadership;
  private final KnownResources known;
  private final Resync.Source source;
  private final TemplateStore templates;
  private final Workers workers;
  private final Settings settings;
  private final InstantSource clock;
  private final LongSupplier nanoTime;
  private final Sightings sightings;
  private final Pacing pacing;
  private final LateInstances late;
  private final StatusWriter writer;
  private final Consumer<Duration> provisioned;
  private final InFlight inFlight = new InFlight();

  private @Nullable Wakeups wakeups;
  private @Nullable Inventory inventory;
  private @Nullable Unclaimed unclaimed;
  private @Nullable SharedAccount account;
  private @Nullable CreateLane<Pass.Key> lane;
  private @Nullable Observer observer;
  private @Nullable Executor executor;
  private @Nullable Resync resync;
  private @Nullable CatalogMirror mirror;

  Rooms(
      GatedComputeApi api,
      Function<Context<ComputeInstance>, ResourceStore> stores,
      Events events,
      Leadership leadership,
      KnownResources known,
      Resync.Source source,
      TemplateStore templates,
      Workers workers,
      Settings settings,
      InstantSource clock,
      LongSupplier nanoTime,
      StatusWriter.Sleep sleep,
      Consumer<Duration> provisioned) {
    this.api = api;
    this.stores = stores;
    this.events = events;
    this.leadership = leadership;
    this.known = known;
    this.source = source;
    this.templates = templates;
    this.workers = workers;
    this.settings = settings;
    this.clock = clock;
    this.nanoTime = nanoTime;
    this.provisioned = provisioned;
    this.sightings = new Sightings(nanoTime);
    this.pacing = new Pacing(settings);
    Duration span = settings.timeout().plus(settings.createSettle());
    this.late = new LateInstances(api, events, leadership::isHeld, inFlight, span, nanoTime);
    this.writer = new StatusWriter(late, sightings, leadership, span, sleep);
  }

  /** Wires the rest, around what the informers know. */
  Wakeups open() {
    return open(known);
  }

  Wakeups open(Bindings bindings) {
    Wakeups wakeups =
        new Wakeups(
            bindings, id -> known.find(KnownResources.keyOf(id)), this::forget, workers::hasRoom);
    workers.whenRoom(wakeups::handOn);
    known.whenGone(this::forget);
    Inventory inventory =
        new Inventory(
            api,
            new Inventory.Pace(
                settings.pollInterval(), settings.pollFastInterval(), settings.createSettle()),
            nanoTime,
            heard(wakeups));
    Unclaimed unclaimed = new Unclaimed(bindings, inventory);
    this.account = new SharedAccount(bindings, unclaimed, settings.createRecovery());
    this.unclaimed = unclaimed;
    CreateLane<Pass.Key> lane = new CreateLane<>(key -> wakeups.wake(key.id()));
    Gate quota = new Gate(Optional.empty(), nanoTime);
    this.wakeups = wakeups;
    this.inventory = inventory;
    this.lane = lane;
    Catalog catalog = new Catalog(api, nanoTime);
    this.observer = new Observer(api, inventory, catalog, bindings, sightings, settings);
    this.executor =
        new Executor(
            api,
            inventory,
            lane,
            quota,
            new Settling(api, inventory, bindings, sightings, settings),
            sightings,
            leadership,
            settings,
            clock,
            nanoTime);
    this.resync = new Resync(source, known, wakeups, settings.resyncInterval(), nanoTime);
    this.mirror =
        new CatalogMirror(
            catalog,
            templates,
            known::templateIds,
            leadership::isHeld,
            settings.catalogInterval(),
            nanoTime);
    return wakeups;
  }

  /** The framework takes events from now on. What came before is looked at by who leads. */
  void start() {
    known.startTelling();
    workers.open();
    leadership.listen(
        whileLeading(
            inventory(),
            wakeups(),
            Objects.requireNonNull(resync),
            Objects.requireNonNull(mirror)));
  }

  private Inventory.Listener heard(Wakeups wakeups) {
    return new Inventory.Listener() {
      @Override
      public void changed(Set<InstanceId> instances) {
        wakeups.changed(instances);
      }

      @Override
      public void readable() {
        Objects.requireNonNull(account).look(inventory());
        wakeups.readable();
      }
    };
  }

  /** Only the leader reads lists; one that begins to lead looks at every resource. */
  private Leadership.Listener whileLeading(
      Inventory inventory, Wakeups wakeups, Resync resync, CatalogMirror mirror) {
    return new Leadership.Listener() {
      @Override
      public void won() {
        inventory.start();
        known.names().forEach(wakeups::found);
        resync.start();
        late.start();
        mirror.start();
      }

      @Override
      public void lost() {
        inventory.close();
        resync.close();
        late.close();
        mirror.close();
      }
    };
  }

  private void forget(ComputeInstance gone) {
    lane().leave(Pass.Key.of(ResourceID.fromResource(gone)));
    sightings.succeeded(gone.getMetadata().getUid());
    sightings.readable(gone.getMetadata().getUid());
    // Nobody would take it off the list of what moves, and the list would be read often for ever.
    InstanceId.parse(Pass.statusOf(gone).instanceId())
        .ifPresent(
            id -> {
              sightings.present(id);
              inventory().expect(id, false);
            });
    var create = Pass.statusOf(gone).create();
    if (create != null) {
      sightings.settled(String.valueOf(create.attemptId()));
    }
  }

  /** What this process knows of the resources. */
  KnownResources known() {
    return known;
  }

  /** Whether the resource of a pass left the cluster meanwhile, and was forgotten. */
  boolean isGone(Pass pass) {
    return known
        .find(KnownResources.keyOf(pass.resource()))
        .filter(r -> r.getMetadata().getUid().equals(pass.uid()))
        .isEmpty();
  }

  LongSupplier nanoTime() {
    return nanoTime;
  }

  Wakeups wakeups() {
    return Objects.requireNonNull(wakeups, "open first");
  }

  Inventory inventory() {
    return Objects.requireNonNull(inventory, "open first");
  }

  /** How many instances the account has, as last listed; empty if nobody has listed them yet. */
  Optional<Integer> listed() {
    return Optional.ofNullable(inventory)
        .flatMap(Inventory::listing)
        .map(listing -> listing.instances().size());
  }

  /** Instances that no resource holds. */
  Unclaimed unclaimed() {
    return Objects.requireNonNull(unclaimed, "open first");
  }

  /** That status tells that its instance runs for the first time. */
  void provisioned(ComputeInstanceStatus status) {
    if (status.createdAt() == null) {
      return;
    }
    Instant now = api.now().orElseGet(clock::instant);
    try {
      Duration time = Duration.between(Instant.parse(status.createdAt()), now);
      provisioned.accept(time.isNegative() ? Duration.ZERO : time);
    } catch (DateTimeParseException e) {
      // Somebody else wrote it: nothing to measure.
    }
  }

  CreateLane<Pass.Key> lane() {
    return Objects.requireNonNull(lane, "open first");
  }

  Observer observer() {
    return Objects.requireNonNull(observer, "open first");
  }

  Executor executor() {
    return Objects.requireNonNull(executor, "open first");
  }

  InFlight inFlight() {
    return inFlight;
  }

  Leadership leadership() {
    return leadership;
  }

  /** The resources, as a pass reads and writes them. */
  ResourceStore store(Context<ComputeInstance> context) {
    return stores.apply(context);
  }

  Events events() {
    return events;
  }

  Sightings sightings() {
    return sightings;
  }

  Pacing pacing() {
    return pacing;
  }

  LateInstances late() {
    return late;
  }

  StatusWriter writer() {
    return writer;
  }

  InstantSource clock() {
    return clock;
  }
}
