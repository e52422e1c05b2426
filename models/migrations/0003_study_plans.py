from tortoise import migrations
from tortoise.migrations import operations as ops
import functools
from json import dumps, loads
from models.enums import FeedItemState, Form, MaterialState, OrderState, PauseKind
from models.fields import MomentField
from tortoise.fields.base import OnDelete
from tortoise import fields
from tortoise.indexes import Index

class Migration(migrations.Migration):
    dependencies = [('models', '0002_ledger_evidence')]

    initial = False

    operations = [
        ops.CreateModel(
            name='FeedItem',
            fields=[
                ('id', fields.IntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('source', fields.CharField(max_length=48)),
                ('key', fields.CharField(max_length=64)),
                ('title', fields.CharField(max_length=120)),
                ('link', fields.CharField(max_length=500)),
                ('published_on', fields.DateField(null=True)),
                ('found_at', MomentField(auto_now=False, auto_now_add=False)),
                ('state', fields.CharEnumField(description='NEW: new\nTAKEN: taken\nDISMISSED: dismissed', enum_type=FeedItemState, max_length=12)),
                ('decided_by_id', fields.IntField(null=True)),
            ],
            options={'table': 'feed_item', 'app': 'models', 'unique_together': (('source', 'key'),), 'indexes': [Index(fields=['state', 'found_at'])], 'pk_attr': 'id', 'table_description': 'Something new in a feed: title and link, for a person to write a summary of.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='FeedSource',
            fields=[
                ('id', fields.IntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('name', fields.CharField(unique=True, max_length=48)),
                ('etag', fields.CharField(default='', db_default='', max_length=200)),
                ('modified', fields.CharField(default='', db_default='', max_length=64)),
                ('looked_at', MomentField(null=True, auto_now=False, auto_now_add=False)),
                ('next_look_at', MomentField(null=True, auto_now=False, auto_now_add=False)),
                ('failures', fields.SmallIntField(default=0, db_default=0)),
                ('problem', fields.CharField(default='', db_default='', max_length=32)),
            ],
            options={'table': 'feed_source', 'app': 'models', 'pk_attr': 'id', 'table_description': 'A feed of config.toml, by its name there: what the last look brought.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='LocalMaterial',
            fields=[
                ('id', fields.IntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('uid', fields.CharField(unique=True, max_length=32)),
                ('unit', fields.ForeignKeyField('models.Unit', source_field='unit_id', db_constraint=True, to_field='id', related_name='local_materials', on_delete=OnDelete.RESTRICT)),
                ('title', fields.CharField(max_length=64)),
                ('body_sealed', fields.BinaryField()),
                ('source', fields.CharField(default='', db_default='', max_length=120)),
                ('source_on', fields.DateField(null=True)),
                ('link', fields.CharField(default='', db_default='', max_length=500)),
                ('effective_until', fields.DateField()),
                ('state', fields.CharEnumField(description='WAITING: waiting\nAPPROVED: approved\nRETURNED: returned\nWITHDRAWN: withdrawn', enum_type=MaterialState, max_length=12)),
                ('proposed_by_id', fields.IntField()),
                ('proposed_at', MomentField(auto_now=False, auto_now_add=False)),
                ('reviewed_by_id', fields.IntField(null=True)),
                ('reviewed_at', MomentField(null=True, auto_now=False, auto_now_add=False)),
                ('return_reason_sealed', fields.BinaryField(null=True)),
                ('feed_item_id', fields.IntField(null=True)),
            ],
            options={'table': 'local_material', 'app': 'models', 'indexes': [Index(fields=['unit', 'state']), Index(fields=['state', 'effective_until'])], 'pk_attr': 'id', 'table_description': 'A piece that somebody in charge brought in chat: seen by a second person before it goes out.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='Parcel',
            fields=[
                ('id', fields.IntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('person', fields.ForeignKeyField('models.Person', source_field='person_id', db_constraint=True, to_field='id', related_name='parcels', on_delete=OnDelete.RESTRICT)),
                ('items', fields.JSONField(default=list, encoder=functools.partial(dumps, separators=(',', ':')), decoder=loads)),
                ('asked_at', MomentField(auto_now=False, auto_now_add=False)),
                ('sent_on', fields.DateField(null=True)),
                ('sent_by_id', fields.IntField(null=True)),
                ('received_at', MomentField(null=True, auto_now=False, auto_now_add=False)),
                ('cancelled_at', MomentField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'parcel', 'app': 'models', 'indexes': [Index(fields=['person', 'received_at'])], 'pk_attr': 'id', 'table_description': 'A parcel of paper (资料包) for somebody without data. No address: who sends it knows it.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='PlanPause',
            fields=[
                ('id', fields.IntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('unit', fields.ForeignKeyField('models.Unit', source_field='unit_id', db_constraint=True, to_field='id', related_name='plan_pauses', on_delete=OnDelete.RESTRICT)),
                ('from_on', fields.DateField()),
                ('until_on', fields.DateField()),
                ('kind', fields.CharEnumField(description='HARVEST: harvest\nFEAST: feast\nOTHER: other', enum_type=PauseKind, max_length=12)),
                ('entered_by_id', fields.IntField(null=True)),
                ('created_at', MomentField(auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'plan_pause', 'app': 'models', 'indexes': [Index(fields=['unit', 'until_on'])], 'pk_attr': 'id', 'table_description': 'Days on which a unit and everything below it gets no digest: harvest, a feast, a mourning.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='PushOrder',
            fields=[
                ('id', fields.IntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('uid', fields.CharField(unique=True, max_length=32)),
                ('unit', fields.ForeignKeyField('models.Unit', source_field='unit_id', db_constraint=True, to_field='id', related_name='push_orders', on_delete=OnDelete.RESTRICT)),
                ('material', fields.CharField(max_length=80)),
                ('groups', fields.JSONField(default=list, encoder=functools.partial(dumps, separators=(',', ':')), decoder=loads)),
                ('send_at', MomentField(auto_now=False, auto_now_add=False)),
                ('calls_all', fields.BooleanField(default=False, db_default=False)),
                ('form', fields.CharEnumField(null=True, description='TEXT: text\nPICTURE: picture\nFORWARD: forward\nFILE: file\nVOICE: voice', enum_type=Form, max_length=12)),
                ('state', fields.CharEnumField(description='WAITING: waiting\nAPPROVED: approved\nCONFIRMED: confirmed\nRETURNED: returned\nDROPPED: dropped', enum_type=OrderState, max_length=12)),
                ('asked_by_id', fields.IntField()),
                ('asked_at', MomentField(auto_now=False, auto_now_add=False)),
                ('reviewed_by_id', fields.IntField(null=True)),
                ('reviewed_at', MomentField(null=True, auto_now=False, auto_now_add=False)),
                ('confirmed_at', MomentField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'push_order', 'app': 'models', 'indexes': [Index(fields=['unit', 'state']), Index(fields=['asked_by_id', 'state'])], 'pk_attr': 'id', 'table_description': 'A push that somebody ordered (推送): what, to which groups, when, and who has said yes.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='StudyPlan',
            fields=[
                ('id', fields.IntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('unit', fields.ForeignKeyField('models.Unit', source_field='unit_id', db_constraint=True, to_field='id', related_name='study_plans', on_delete=OnDelete.RESTRICT)),
                ('group', fields.ForeignKeyField('models.Group', source_field='group_id', null=True, db_constraint=True, to_field='id', related_name='study_plans', on_delete=OnDelete.CASCADE)),
                ('series', fields.JSONField(null=True, encoder=functools.partial(dumps, separators=(',', ':')), decoder=loads)),
                ('weekday', fields.SmallIntField(null=True)),
                ('hour', fields.SmallIntField(null=True)),
                ('minute', fields.SmallIntField(null=True)),
                ('every_weeks', fields.SmallIntField(null=True)),
                ('pieces', fields.SmallIntField(null=True)),
                ('form', fields.CharEnumField(null=True, description='TEXT: text\nPICTURE: picture\nFORWARD: forward\nFILE: file\nVOICE: voice', enum_type=Form, max_length=12)),
                ('skips_holidays', fields.BooleanField(null=True)),
                ('is_stopped', fields.BooleanField(default=False, db_default=False)),
                ('changed_by_id', fields.IntField(null=True)),
                ('changed_at', MomentField(auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'study_plan', 'app': 'models', 'unique_together': (('unit', 'group'),), 'pk_attr': 'id', 'table_description': 'What is pushed when: of a unit and everything below it, or of one group alone.'},
            bases=['Model'],
        ),
        ops.AddField(
            model_name='Account',
            name='study_form',
            field=fields.CharEnumField(null=True, description='TEXT: text\nPICTURE: picture\nFORWARD: forward\nFILE: file\nVOICE: voice', enum_type=Form, max_length=12),
        ),
        ops.AddField(
            model_name='StudyRecord',
            name='entered_by_id',
            field=fields.IntField(null=True),
        ),
        ops.AddField(
            model_name='StudyRecord',
            name='happened_on',
            field=fields.DateField(null=True),
        ),
        ops.AddField(
            model_name='StudyRecord',
            name='title',
            field=fields.CharField(default='', db_default='', max_length=64),
        ),
    ]
