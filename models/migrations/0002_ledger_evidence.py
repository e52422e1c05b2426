from tortoise import migrations
from tortoise.migrations import operations as ops
import functools
from json import dumps, loads
from models.enums import BreakerState
from models.fields import MomentField
from tortoise.fields.base import OnDelete
from tortoise import fields
from tortoise.indexes import Index, PartialIndex

class Migration(migrations.Migration):
    dependencies = [('models', '0001_initial')]

    initial = False

    operations = [
        ops.CreateModel(
            name='Alarm',
            fields=[
                ('id', fields.IntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('kind', fields.CharField(max_length=32)),
                ('key', fields.CharField(max_length=96)),
                ('detail', fields.JSONField(default=dict, encoder=functools.partial(dumps, separators=(',', ':')), decoder=loads)),
                ('raised_at', MomentField(auto_now=False, auto_now_add=False)),
                ('told_at', MomentField(null=True, auto_now=False, auto_now_add=False)),
                ('cleared_at', MomentField(null=True, auto_now=False, auto_now_add=False)),
                ('cleared_told_at', MomentField(null=True, auto_now=False, auto_now_add=False)),
                ('next_try_at', MomentField(null=True, auto_now=False, auto_now_add=False)),
                ('tries', fields.SmallIntField(default=0, db_default=0)),
            ],
            options={'table': 'alarm', 'app': 'models', 'indexes': [Index(fields=['kind', 'key', 'cleared_at']), Index(fields=['next_try_at'])], 'pk_attr': 'id', 'table_description': 'Something the operator has to know on another channel than the one that fails.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='BudgetUse',
            fields=[
                ('id', fields.IntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('budget', fields.CharField(max_length=96)),
                ('period', fields.CharField(max_length=10)),
                ('used', fields.IntField(default=0, db_default=0)),
            ],
            options={'table': 'budget_use', 'app': 'models', 'unique_together': (('budget', 'period'),), 'pk_attr': 'id', 'table_description': 'How much of a budget is used in a period: ``at_all:onebot11:1001`` in ``2026-11-23``.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='Seat',
            fields=[
                ('id', fields.IntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('group', fields.ForeignKeyField('models.Group', source_field='group_id', db_constraint=True, to_field='id', related_name='seats', on_delete=OnDelete.CASCADE)),
                ('self_id', fields.CharField(max_length=64)),
                ('is_member', fields.BooleanField(default=True, db_default=True)),
                ('silent_until', MomentField(null=True, auto_now=False, auto_now_add=False)),
                ('silent_reason', fields.CharField(null=True, max_length=24)),
                ('checked_at', MomentField(auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'seat', 'app': 'models', 'unique_together': (('group', 'self_id'),), 'pk_attr': 'id', 'table_description': 'One of our accounts in a bound group: who could speak there when another cannot.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='Unreached',
            fields=[
                ('id', fields.IntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('person', fields.ForeignKeyField('models.Person', source_field='person_id', db_constraint=True, to_field='id', related_name='unreached', on_delete=OnDelete.CASCADE)),
                ('since', MomentField(auto_now=False, auto_now_add=False)),
                ('count', fields.SmallIntField(default=1, db_default=1)),
                ('reason', fields.CharField(max_length=48)),
                ('settled_at', MomentField(null=True, auto_now=False, auto_now_add=False)),
                ('settled_by', fields.CharField(null=True, max_length=24)),
            ],
            options={'table': 'unreached', 'app': 'models', 'indexes': [Index(fields=['person', 'settled_at'])], 'pk_attr': 'id', 'table_description': 'A person whom nothing reached on any channel: the mentor is asked to phone.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='Worker',
            fields=[
                ('id', fields.IntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('owner', fields.CharField(unique=True, max_length=40)),
                ('parts', fields.CharField(max_length=64)),
                ('started_at', MomentField(auto_now=False, auto_now_add=False)),
                ('beat_at', MomentField(auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'worker', 'app': 'models', 'pk_attr': 'id', 'table_description': "A process at work on this ledger. ``beat_at`` is the database's own time, not a process's."},
            bases=['Model'],
        ),
        ops.AlterModelOptions(
            name='BotAccount',
            options={'table': 'bot_account', 'app': 'models', 'unique_together': (('platform', 'self_id'),), 'pk_attr': 'id', 'table_description': 'One of our own accounts on a platform: when it may speak next, and how well it is.'},
        ),
        ops.AddField(
            model_name='BotAccount',
            name='breaker',
            field=fields.CharEnumField(default=BreakerState.CLOSED, description='CLOSED: closed\nOPEN: open\nPROBING: probing', db_default=BreakerState.CLOSED, enum_type=BreakerState, max_length=12),
        ),
        ops.AddField(
            model_name='BotAccount',
            name='breaker_reason',
            field=fields.CharField(null=True, max_length=24),
        ),
        ops.AddField(
            model_name='BotAccount',
            name='breaker_trips',
            field=fields.SmallIntField(default=0, db_default=0),
        ),
        ops.AddField(
            model_name='BotAccount',
            name='breaker_until',
            field=MomentField(null=True, auto_now=False, auto_now_add=False),
        ),
        ops.AddField(
            model_name='BotAccount',
            name='failures',
            field=fields.SmallIntField(default=0, db_default=0),
        ),
        ops.AddField(
            model_name='BotAccount',
            name='has_history',
            field=fields.BooleanField(null=True),
        ),
        ops.AddField(
            model_name='BotAccount',
            name='last_confirmed_at',
            field=MomentField(null=True, auto_now=False, auto_now_add=False),
        ),
        ops.AddField(
            model_name='BotAccount',
            name='last_up_at',
            field=MomentField(null=True, auto_now=False, auto_now_add=False),
        ),
        ops.AddField(
            model_name='BotAccount',
            name='reports_own',
            field=fields.BooleanField(null=True),
        ),
        ops.AddField(
            model_name='BotAccount',
            name='speaker',
            field=fields.CharField(null=True, max_length=40),
        ),
        ops.AddField(
            model_name='BotAccount',
            name='speaker_until',
            field=MomentField(null=True, auto_now=False, auto_now_add=False),
        ),
        ops.RemoveIndex(
            model_name='Delivery',
            name=None,
            fields=['state', 'not_before', 'priority'],
        ),
        ops.AlterField(
            model_name='Delivery',
            name='platform_message_id',
            field=fields.CharField(null=True, max_length=255),
        ),
        ops.AddField(
            model_name='Delivery',
            name='is_held',
            field=fields.BooleanField(default=False, db_default=False),
        ),
        ops.AddField(
            model_name='Delivery',
            name='look_at',
            field=MomentField(null=True, auto_now=False, auto_now_add=False),
        ),
        ops.AddField(
            model_name='Delivery',
            name='looks',
            field=fields.SmallIntField(default=0, db_default=0),
        ),
        ops.AddField(
            model_name='Delivery',
            name='order_at',
            field=MomentField(null=True, auto_now=False, auto_now_add=False),
        ),
        ops.AddField(
            model_name='Delivery',
            name='recall_at',
            field=MomentField(null=True, auto_now=False, auto_now_add=False),
        ),
        ops.AddField(
            model_name='Delivery',
            name='recalled',
            field=fields.BooleanField(null=True),
        ),
        ops.AddField(
            model_name='Delivery',
            name='shown',
            field=fields.BooleanField(null=True),
        ),
        ops.AddField(
            model_name='Delivery',
            name='written_at',
            field=MomentField(null=True, auto_now=False, auto_now_add=False),
        ),
        # What is owed already keeps its place in the line.
        ops.RunSQL('UPDATE delivery SET order_at = not_before'),
        ops.AddIndex(
            model_name='Delivery',
            index=PartialIndex(fields=['self_id', 'priority', 'order_at', 'id'], name='ix_delivery_line', condition={'state': 'due'}),
        ),
        ops.AddIndex(
            model_name='Delivery',
            index=PartialIndex(fields=['expires_at'], name='ix_delivery_expiry', condition={'state': 'due'}),
        ),
        ops.AddIndex(
            model_name='Delivery',
            index=PartialIndex(fields=['lease_until'], name='ix_delivery_leased', condition={'state': 'leased'}),
        ),
        ops.AddIndex(
            model_name='Delivery',
            index=PartialIndex(fields=['lease_owner'], name='ix_delivery_sending', condition={'state': 'sending'}),
        ),
        ops.AddIndex(
            model_name='Delivery',
            index=PartialIndex(fields=['updated_at'], name='ix_delivery_unknown', condition={'state': 'unknown'}),
        ),
        ops.AddIndex(
            model_name='Delivery',
            index=PartialIndex(fields=['reason', 'updated_at'], name='ix_delivery_rejected', condition={'state': 'rejected'}),
        ),
        ops.AddIndex(
            model_name='Delivery',
            index=Index(fields=['look_at'], name='ix_delivery_look'),
        ),
        ops.AddIndex(
            model_name='Delivery',
            index=Index(fields=['recall_at'], name='ix_delivery_recall'),
        ),
        ops.AddField(
            model_name='Message',
            name='asked_by_id',
            field=fields.IntField(null=True),
        ),
        ops.AddField(
            model_name='Message',
            name='title',
            field=fields.CharField(default='', db_default='', max_length=64),
        ),
        ops.AddField(
            model_name='Unit',
            name='quiet_from',
            field=fields.SmallIntField(null=True),
        ),
        ops.AddField(
            model_name='Unit',
            name='quiet_until',
            field=fields.SmallIntField(null=True),
        ),
    ]
