//! Asking systemd. The only place that knows D-Bus.
//!
//! With the crate `zbus`, because it is D-Bus in Rust alone: nothing of C to link, so that the program stays one
//! static file. Only its client half is built, on the runtime of tokio, which we have anyway.

use std::time::Instant;

use zbus::{Connection, OwnedObjectPath, OwnedVariant, connection::Builder, fdo, message::Body};

use super::{
    Question,
    units::{Details, System, SystemdUnit},
};
use crate::metric::{Failure, Reason};

const SYSTEMD: &str = "org.freedesktop.systemd1";
const MANAGER: &str = "org.freedesktop.systemd1.Manager";
const PRIVATE_SOCKET: &str = "unix:path=/run/systemd/private";

/// A row of the list of units: name, description, load state, active state, sub state, followed unit, object, job.
type Row = (String, String, String, String, String, String, OwnedObjectPath, u32, String, OwnedObjectPath);

/// Asks for everything in one conversation, which ends at the deadline.
pub(super) fn ask(deadline: Instant, question: &Question) -> Result<System, Failure> {
    // A runtime of its own for each conversation: nothing of one, finished or not, outlives it.
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(|error| Failure::io("systemd", &error))?;
    let answer = runtime.block_on(async { tokio::time::timeout_at(deadline.into(), converse(question)).await });
    runtime.shutdown_background();
    match answer {
        Ok(answer) => answer.map_err(|error| failure(&error)),
        Err(_) => Err(Failure::new(Reason::Timeout, "systemd: no answer before the deadline")),
    }
}

async fn converse(question: &Question) -> zbus::Result<System> {
    let bus = Bus { connection: connect(question.private).await? };
    let manager = "/org/freedesktop/systemd1";
    // First what must work: whatever keeps us from systemd shows here.
    let reply = bus.call(manager, MANAGER, "ListUnits", &()).await?;
    let mut system = System {
        version: bus.get(manager, MANAGER, "Version").await?,
        virtualization: bus.get(manager, MANAGER, "Virtualization").await?,
        state: bus.get(manager, MANAGER, "SystemState").await?,
        units: Vec::new(),
    };
    for row in reply.deserialize::<Vec<Row>>()? {
        let (name, _, load_state, active_state, _, _, object, ..) = row;
        let details = match question.wants(&name, &load_state) {
            true => Some(bus.details(question, &name, &active_state, &object).await?),
            false => None,
        };
        system.units.push(SystemdUnit { name, active_state, details });
    }
    Ok(system)
}

/// The system bus, whose address a variable of the environment may change; or systemd itself, where there is no bus
/// and we are root.
async fn connect(private: bool) -> zbus::Result<Connection> {
    let directly = || Builder::address(PRIVATE_SOCKET).p2p().build();
    if private {
        return directly().await;
    }
    match Builder::system().build().await {
        Err(error) if rustix::process::geteuid().is_root() => directly().await.map_err(|_| error),
        result => result,
    }
}

struct Bus {
    connection: Connection,
}

impl Bus {
    async fn call<B>(&self, object: &str, interface: &str, method: &str, body: &B) -> zbus::Result<Body>
    where
        B: serde::Serialize + zbus::DynamicType,
    {
        let reply = self.connection.call_method(Some(SYSTEMD), object, Some(interface), method, body).await?;
        Ok(reply.body())
    }

    /// A property, where systemd has it: older versions have fewer, and units come and go.
    async fn get<T: TryFrom<OwnedVariant>>(
        &self,
        object: &str,
        interface: &str,
        property: &str,
    ) -> zbus::Result<Option<T>> {
        match self.call(object, "org.freedesktop.DBus.Properties", "Get", &(interface, property)).await {
            Ok(reply) => Ok(reply.deserialize::<OwnedVariant>()?.try_into().ok()),
            Err(zbus::Error::MethodError(..) | zbus::Error::FDO(_)) => Ok(None),
            Err(error) => Err(error),
        }
    }

    async fn details(
        &self,
        question: &Question,
        name: &str,
        active_state: &str,
        object: &str,
    ) -> zbus::Result<Details> {
        let mut details = Details::default();
        let (service, socket) = ("org.freedesktop.systemd1.Service", "org.freedesktop.systemd1.Socket");
        match name.rsplit_once('.').map(|(_, kind)| kind) {
            Some("service") => {
                details.service_type = self.get(object, service, "Type").await?;
                if question.restarts {
                    details.restarts = self.get(object, service, "NRestarts").await?;
                }
                if question.tasks {
                    details.tasks = self.get(object, service, "TasksCurrent").await?;
                    details.tasks_max = self.get(object, service, "TasksMax").await?;
                }
            }
            Some("mount") => details.service_type = self.get(object, "org.freedesktop.systemd1.Mount", "Type").await?,
            Some("socket") => {
                details.accepted = self.get(object, socket, "NAccepted").await?;
                details.connections = self.get(object, socket, "NConnections").await?;
                details.refused = self.get(object, socket, "NRefused").await?;
            }
            Some("timer") => {
                details.triggered = self.get(object, "org.freedesktop.systemd1.Timer", "LastTriggerUSec").await?;
            }
            _ => {}
        }
        if question.start_times {
            details.started = match active_state {
                "active" => self.get(object, "org.freedesktop.systemd1.Unit", "ActiveEnterTimestamp").await?,
                _ => Some(0),
            };
        }
        Ok(details)
    }
}

fn failure(error: &zbus::Error) -> Failure {
    let reason = match error {
        zbus::Error::InputOutput(error) => return Failure::io("systemd", error),
        zbus::Error::Connection(error, address) => return Failure::io(format!("systemd: {address}"), error),
        zbus::Error::FDO(error) => match **error {
            fdo::Error::AccessDenied(_) | fdo::Error::AuthFailed(_) => Reason::Denied,
            fdo::Error::ServiceUnknown(_) | fdo::Error::NameHasNoOwner(_) => Reason::Missing,
            _ => Reason::Io,
        },
        _ => Reason::Io,
    };
    Failure::new(reason, format!("systemd: {error}"))
}
